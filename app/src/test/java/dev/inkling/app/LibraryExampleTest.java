package dev.inkling.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.inkling.model.TensorFlowModel;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Targets;
import dev.inkling.trainer.Dataset;
import dev.inkling.trainer.Preset;
import dev.inkling.trainer.RunFolder;
import dev.inkling.trainer.Strokes;
import dev.inkling.trainer.Trainer;
import dev.inkling.trainer.TrainingListener;
import java.awt.image.BufferedImage;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.ndarray.FloatNdArray;

/** Compiles and runs the lines that the README shows to those who use Inkling as a library. */
class LibraryExampleTest {

    private static final Pattern BLOCK = Pattern.compile(
            "LibraryExampleTest compiles and runs these lines\\. -->\\s*```java\\n(.*?)```", Pattern.DOTALL);

    private static final String IMPORTS = """
            import dev.inkling.explainers.*;
            import dev.inkling.figures.*;
            import dev.inkling.model.*;
            import dev.inkling.spi.*;
            import dev.inkling.trainer.*;
            import java.nio.file.Path;
            import org.tensorflow.ndarray.FloatNdArray;
            """;

    @TempDir
    Path temp;

    @Test
    void theReadmesLinesDoWhatTheyShow() throws Exception {
        Matcher block = BLOCK.matcher(Files.readString(Path.of("..", "README.md")));
        assertThat(block.find()).isTrue();
        String lines = block.group(1);
        assertThat(lines.lines().count()).isLessThan(10);

        Path run = temp.resolve("run");
        Dataset digits = Strokes.standard().train().slice(0, 256);
        new Trainer(Preset.QUICK.settings(), digits, new RunFolder(run), TrainingListener.NONE).train();
        BufferedImage picture = new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_GRAY);
        byte[] pixels = digits.pixels(0);
        for (int i = 0; i < pixels.length; i++) {
            picture.getRaster().setSample(i % 28, i / 28, 0, pixels[i] & 0xFF);
        }
        ImageIO.write(picture, "png", temp.resolve("four.png").toFile());

        Object[] found =
                run(lines.replace("runs/mnist/model", run.resolve("model").toString())
                        .replace("four.png", temp.resolve("four.png").toString())
                        .replace("overlay.png", temp.resolve("overlay.png").toString()));

        try (TensorFlowModel model = TensorFlowModel.load(run.resolve("model"))) {
            FloatNdArray scores = model.scores(digits.images(0));
            int predicted = Targets.predictedClasses(scores)[0];
            assertThat(found[0]).isEqualTo(predicted);
            assertThat((float) found[1]).isCloseTo(FloatArrays.flat(scores)[predicted], within(1e-4f));
        }
        BufferedImage overlay = ImageIO.read(temp.resolve("overlay.png").toFile());
        assertThat(overlay.getWidth()).isGreaterThanOrEqualTo(28 * 4).isEqualTo(overlay.getHeight());
    }

    /** The lines as the body of a method that hands out what they found. */
    private Object[] run(String lines) throws Exception {
        String body = lines.stripTrailing();
        assertThat(body).endsWith("}");
        String source = IMPORTS + "public class Example { public static Object[] run() throws Exception {\n"
                + body.substring(0, body.length() - 1) + "return new Object[] {predicted, score};\n} } }";
        Path file = Files.writeString(temp.resolve("Example.java"), source);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        boolean compiled = compiler.getTask(
                        messages,
                        null,
                        null,
                        List.of("-d", temp.toString(), "-cp", System.getProperty("java.class.path"), "-proc:none"),
                        null,
                        compiler.getStandardFileManager(null, null, null).getJavaFileObjects(file))
                .call();
        assertThat(compiled).as(messages.toString()).isTrue();
        try (URLClassLoader loader = new URLClassLoader(new URL[] {temp.toUri().toURL()})) {
            return (Object[]) loader.loadClass("Example").getMethod("run").invoke(null);
        }
    }
}
