package dev.inkling.trainer;

import dev.inkling.spi.InvalidInputException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * MNIST (LeCun, Cortes, Burges): downloaded from public mirrors on first use, kept in a cache, and verified by SHA-256
 * each time it is opened.
 *
 * @param cache the folder that keeps the files; made when needed
 * @param mirrors folders to download from, each ending in a slash, tried in this order
 * @param hashes SHA-256 of each uncompressed file by its name
 * @param patience how long a server may be silent
 */
record Mnist(Path cache, List<URI> mirrors, Map<String, String> hashes, Duration patience) {

    private static final List<URI> MIRRORS = List.of(
            URI.create("https://storage.googleapis.com/cvdf-datasets/mnist/"),
            URI.create("https://ossci-datasets.s3.amazonaws.com/mnist/"));

    /** Of the uncompressed content: mirrors compress differently. */
    static final Map<String, String> HASHES = Map.of(
            IdxFolder.TRAIN_IMAGES, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            IdxFolder.TRAIN_LABELS, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            IdxFolder.TEST_IMAGES, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            IdxFolder.TEST_LABELS, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2");

    /** From the public mirrors, cached in the user's cache folder. */
    static Mnist standard() {
        Path cache = cacheFolder(System.getenv("XDG_CACHE_HOME"), Path.of(System.getProperty("user.home")));
        return new Mnist(cache, MIRRORS, HASHES, Duration.ofSeconds(20));
    }

    /** By the XDG base directory specification, which says to ignore a path that is not absolute. */
    static Path cacheFolder(String xdgCacheHome, Path home) {
        boolean set = xdgCacheHome != null && Path.of(xdgCacheHome).isAbsolute();
        return (set ? Path.of(xdgCacheHome) : home.resolve(".cache"))
                .resolve("inkling")
                .resolve("mnist");
    }

    /**
     * Opens the data; downloads what the cache lacks or holds damaged.
     *
     * @throws InvalidInputException if no mirror gives a file, or the cache cannot be written
     */
    Datasets open(DownloadListener listener) {
        HttpClient client = HttpClient.newBuilder()
                .connectTimeout(patience)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
        return new Datasets(
                join(client, "mnist/train", IdxFolder.TRAIN_IMAGES, IdxFolder.TRAIN_LABELS, listener),
                join(client, "mnist/test", IdxFolder.TEST_IMAGES, IdxFolder.TEST_LABELS, listener));
    }

    private Dataset join(HttpClient client, String name, String images, String labels, DownloadListener listener) {
        return IdxFile.join(
                name,
                obtain(client, images, IdxFile::readImages, listener),
                obtain(client, labels, IdxFile::readLabels, listener),
                ClassNames.DIGITS);
    }

    private IdxFile obtain(HttpClient client, String name, Function<Path, IdxFile> reader, DownloadListener listener) {
        Path cached = cache.resolve(name + ".gz");
        List<String> failures = new ArrayList<>();
        if (Files.exists(cached)) {
            try {
                return verified(cached, name, reader);
            } catch (InvalidInputException e) {
                failures.add("in the cache: " + e.getMessage());
            }
        }
        for (URI mirror : mirrors) {
            URI source = mirror.resolve(name + ".gz");
            try {
                return download(client, source, cached, name, reader, listener);
            } catch (InvalidInputException e) {
                failures.add(source + ": " + e.getMessage());
                listener.failed(source, e.getMessage());
            }
        }
        throw new InvalidInputException(
                "MNIST's %s cannot be had:\n  %s\nConnect to the network and try again; or put the four files into a folder"
                        + " and use --data DIR; or use --data strokes, which needs no download",
                name, String.join("\n  ", failures));
    }

    private IdxFile verified(Path file, String name, Function<Path, IdxFile> reader) {
        IdxFile content = reader.apply(file);
        String found = content.sha256();
        if (!found.equals(hashes.get(name))) {
            throw new InvalidInputException(
                    "%s has SHA-256 %s, expected %s: not the original file", file, found, hashes.get(name));
        }
        return content;
    }

    /** Writes beside, verifies, then moves: the cache never holds half a file. */
    private IdxFile download(
            HttpClient client,
            URI source,
            Path target,
            String name,
            Function<Path, IdxFile> reader,
            DownloadListener listener) {
        Path part = cache.resolve(name + "-" + UUID.randomUUID() + ".part");
        try {
            Files.createDirectories(cache);
            Files.createFile(part);
        } catch (IOException e) {
            throw new InvalidInputException(
                    e,
                    "cannot write to the cache folder %s (%s); set XDG_CACHE_HOME to one that can be written",
                    cache,
                    e);
        }
        part.toFile().deleteOnExit();
        try {
            fetch(client, source, part, listener);
            IdxFile content = verified(part, name, reader);
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            listener.finished();
            return content;
        } catch (IOException e) {
            throw new InvalidInputException(e, "%s", reason(e));
        } finally {
            try {
                Files.deleteIfExists(part);
            } catch (IOException e) {
                // It is deleted on exit.
            }
        }
    }

    private void fetch(HttpClient client, URI source, Path into, DownloadListener listener) throws IOException {
        AtomicLong received = new AtomicLong();
        HttpRequest request =
                HttpRequest.newBuilder(source).timeout(patience).GET().build();
        try (OutputStream out = Files.newOutputStream(into)) {
            BodyHandler<Void> toFile = BodyHandlers.ofByteArrayConsumer(bytes -> bytes.ifPresent(chunk -> {
                try {
                    out.write(chunk);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                listener.progressed(received.addAndGet(chunk.length));
            }));
            CompletableFuture<HttpResponse<Void>> response = client.sendAsync(request, info -> {
                if (info.statusCode() != 200) {
                    return BodyHandlers.discarding().apply(info);
                }
                listener.started(
                        source,
                        info.headers().firstValueAsLong("content-length").orElse(-1));
                return toFile.apply(info);
            });
            int status = await(response, received).statusCode();
            if (status != 200) {
                throw new IOException("the server answers with status " + status);
            }
        }
    }

    /** Waits as long as bytes keep coming: the client's own timeout ends with the headers. */
    private HttpResponse<Void> await(CompletableFuture<HttpResponse<Void>> response, AtomicLong received)
            throws IOException {
        while (true) {
            long before = received.get();
            try {
                return response.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                if (received.get() == before) {
                    response.cancel(true);
                    throw new IOException("the server is silent for " + patience.toMillis() / 1000.0 + " s", e);
                }
            } catch (ExecutionException e) {
                throw new IOException(reason(e.getCause()), e);
            } catch (InterruptedException e) {
                response.cancel(true);
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
    }

    /** Network exceptions often come without a message of their own. */
    private static String reason(Throwable failure) {
        if (failure instanceof ConnectException) {
            return "no connection";
        }
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }
}
