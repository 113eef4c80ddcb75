package dev.inkling.app;

import com.samskivert.mustache.Mustache;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;

/** Web pages that need nothing but themselves: they share a style, pictures are embedded, nothing is fetched. */
final class PageTemplate {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "d MMMM uuuu, HH:mm 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    /** An empty text hides its section, as an empty list does. */
    private static final Mustache.Compiler COMPILER =
            Mustache.compiler().emptyStringIsFalse(true).zeroIsFalse(true).withLoader(PageTemplate::open);

    private PageTemplate() {}

    /** Fills a template, a resource beside this class, and writes the page. */
    static void write(String template, Map<String, Object> values, Path file) throws IOException {
        try (Reader text = open(template);
                Writer writer = Files.newBufferedWriter(file)) {
            COMPILER.compile(text).execute(values, writer);
        }
    }

    /** A PNG file for {@code src}, read when the template comes to it, so that one picture at a time is in memory. */
    static Mustache.Lambda lazily(Path picture) {
        return (fragment, out) -> out.write(uri(Files.readAllBytes(picture)));
    }

    /** A PNG for {@code src}. */
    static String uri(byte[] png) {
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(png);
    }

    static String time(Instant instant) {
        return TIME.format(instant);
    }

    /** A share with two digits after the point. */
    static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f %%", 100 * share);
    }

    private static Reader open(String resource) {
        return new InputStreamReader(PageTemplate.class.getResourceAsStream(resource), StandardCharsets.UTF_8);
    }
}
