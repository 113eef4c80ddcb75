package dev.inkling.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.inkling.spi.InvalidInputException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.mockito.InOrder;

class MnistTest {

    private static final Map<String, byte[]> FILES = Map.of(
            IdxFolder.TRAIN_IMAGES, Idx.images(600, 6, 5),
            IdxFolder.TRAIN_LABELS, Idx.labels(new int[600]),
            IdxFolder.TEST_IMAGES, Idx.images(3, 6, 5),
            IdxFolder.TEST_LABELS, Idx.labels(7, 8, 9));

    @TempDir
    Path home;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final AtomicInteger requests = new AtomicInteger();
    private final DownloadListener listener = mock(DownloadListener.class);
    private HttpServer server;
    private Path cache;

    @FunctionalInterface
    private interface Answer {
        void give(HttpExchange exchange, String file) throws IOException;
    }

    @BeforeEach
    void start() throws IOException {
        cache = home.resolve("cache").resolve("inkling").resolve("mnist");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        mirror("/good/", (exchange, file) -> send(exchange, 200, Idx.gzip(FILES.get(file))));
        server.start();
    }

    @AfterEach
    void stop() {
        closing.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private void mirror(String path, Answer answer) {
        server.createContext(path, exchange -> {
            requests.incrementAndGet();
            String name = exchange.getRequestURI().getPath().substring(path.length());
            try (exchange) {
                answer.give(exchange, name.replace(".gz", ""));
            }
        });
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    private URI at(String path) {
        return URI.create("http://" + server.getAddress().getAddress().getHostAddress() + ":"
                + server.getAddress().getPort() + path);
    }

    private Mnist mnist(URI... mirrors) {
        Map<String, String> hashes = new HashMap<>();
        FILES.forEach((name, content) -> hashes.put(name, sha256(content)));
        return new Mnist(cache, List.of(mirrors), hashes, Duration.ofSeconds(20));
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private List<String> cached() throws IOException {
        if (!Files.exists(cache)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(cache)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static final String[] ALL = {
        "t10k-images-idx3-ubyte.gz",
        "t10k-labels-idx1-ubyte.gz",
        "train-images-idx3-ubyte.gz",
        "train-labels-idx1-ubyte.gz"
    };

    @Test
    void downloadsOnceThenReadsTheCache() throws IOException {
        Datasets first = mnist(at("/good/")).open(listener);

        assertThat(first.train().name()).isEqualTo("mnist/train");
        assertThat(first.train().size()).isEqualTo(600);
        assertThat(first.test().label(2)).isEqualTo(9);
        assertThat(first.test().pixels(0))
                .containsExactly(Arrays.copyOfRange(FILES.get(IdxFolder.TEST_IMAGES), 16, 46));
        assertThat(cached()).containsExactly(ALL);
        assertThat(requests).hasValue(4);

        Datasets second = mnist(at("/good/")).open(listener);

        assertThat(second.train().sha256()).isEqualTo(first.train().sha256());
        assertThat(requests).hasValue(4);
        verify(listener, times(4)).finished();
        verify(listener, never()).failed(any(), anyString());
    }

    @Test
    void tellsOfItsProgress() {
        long length = Idx.gzip(FILES.get(IdxFolder.TRAIN_IMAGES)).length;

        mnist(at("/good/")).open(listener);

        InOrder order = inOrder(listener);
        order.verify(listener).started(at("/good/train-images-idx3-ubyte.gz"), length);
        order.verify(listener).progressed(length);
        order.verify(listener).finished();
        order.verify(listener).started(eq(at("/good/train-labels-idx1-ubyte.gz")), anyLong());
    }

    @Test
    void goesOnToTheNextMirror() throws IOException {
        mirror("/gone/", (exchange, file) -> send(exchange, 404, "no such thing".getBytes()));

        Datasets data = mnist(at("/gone/"), at("/good/")).open(listener);

        assertThat(data.train().size()).isEqualTo(600);
        assertThat(cached()).containsExactly(ALL);
        verify(listener).failed(at("/gone/train-images-idx3-ubyte.gz"), "the server answers with status 404");
        verify(listener, times(4)).failed(any(), anyString());
    }

    @Test
    void followsRedirectionsAndTakesUncompressedFiles() {
        mirror("/moved/", (exchange, file) -> {
            exchange.getResponseHeaders().add("Location", "/raw/" + file + ".gz");
            exchange.sendResponseHeaders(302, -1);
        });
        mirror("/raw/", (exchange, file) -> send(exchange, 200, FILES.get(file)));

        assertThat(mnist(at("/moved/")).open(listener).test().size()).isEqualTo(3);
    }

    @Test
    void neverKeepsAFileOfAnotherContent() throws IOException {
        byte[] other = FILES.get(IdxFolder.TRAIN_IMAGES).clone();
        other[1000] ^= 1;
        mirror("/forged/", (exchange, file) -> send(exchange, 200, Idx.gzip(other)));

        assertThatThrownBy(() -> mnist(at("/forged/")).open(listener))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("MNIST's train-images-idx3-ubyte cannot be had:")
                .hasMessageContaining(at("/forged/train-images-idx3-ubyte.gz").toString())
                .hasMessageContaining(
                        "has SHA-256 " + sha256(other) + ", expected " + sha256(FILES.get(IdxFolder.TRAIN_IMAGES)))
                .hasMessageContaining("--data strokes");
        assertThat(cached()).isEmpty();
        verify(listener, never()).finished();
    }

    @Test
    void neverKeepsHalfAFile() throws IOException {
        mirror("/half/", (exchange, file) -> {
            byte[] whole = Idx.gzip(FILES.get(file));
            exchange.sendResponseHeaders(200, whole.length);
            exchange.getResponseBody().write(whole, 0, whole.length / 2);
            exchange.getResponseBody().flush();
        });
        mirror("/cut/", (exchange, file) -> {
            byte[] whole = Idx.gzip(FILES.get(file));
            send(exchange, 200, Arrays.copyOf(whole, whole.length / 2));
        });

        assertThatThrownBy(() -> mnist(at("/half/"), at("/cut/")).open(listener))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("the gzip data end early");
        assertThat(cached()).isEmpty();
    }

    @Test
    void givesUpOnAServerThatFallsSilent() throws IOException {
        mirror("/silent/", (exchange, file) -> {
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().write(new byte[10]);
            exchange.getResponseBody().flush();
            try {
                closing.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Mnist standard = mnist(at("/silent/"));
        Mnist hasty = new Mnist(cache, standard.mirrors(), standard.hashes(), Duration.ofMillis(200));

        assertThatThrownBy(() -> hasty.open(listener))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("the server is silent for 0.2 s");
        assertThat(cached()).isEmpty();
    }

    @Test
    void withoutNetworkItSaysWhatToDo() throws IOException {
        int closed;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = socket.getLocalPort();
        }
        URI nobody = URI.create("http://127.0.0.1:" + closed + "/");

        assertThatThrownBy(() -> mnist(nobody).open(listener))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "MNIST's train-images-idx3-ubyte cannot be had:\n  " + nobody
                                + "train-images-idx3-ubyte.gz: no connection\nConnect to the network and try again; or put the"
                                + " four files into a folder and use --data DIR; or use --data strokes, which needs no download");
    }

    @Test
    void replacesADamagedFileInTheCache() throws IOException {
        mnist(at("/good/")).open(listener);
        Path images = cache.resolve("train-images-idx3-ubyte.gz");
        byte[] good = Files.readAllBytes(images);
        Files.write(images, Arrays.copyOf(good, good.length / 2));

        assertThat(mnist(at("/good/")).open(listener).train().size()).isEqualTo(600);

        assertThat(Files.readAllBytes(images)).isEqualTo(good);
        assertThat(requests).hasValue(5);
    }

    @Test
    void tellsOfADamagedFileThatItCannotReplace() throws IOException {
        mnist(at("/good/")).open(listener);
        Path labels = cache.resolve("t10k-labels-idx1-ubyte.gz");
        Files.write(labels, Idx.gzip(Idx.labels(7, 8, 8)));

        assertThatThrownBy(() -> mnist().open(listener))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("in the cache: " + labels + " has SHA-256 ");
        assertThat(labels).as("left for its owner to look at").exists();
    }

    @Test
    void saysThatTheCacheCannotBeWritten() throws IOException {
        Files.createDirectories(home.resolve("cache"));
        Files.writeString(home.resolve("cache").resolve("inkling"), "a file where the folder would be");

        assertThatThrownBy(() -> mnist(at("/good/")).open(listener))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("cannot write to the cache folder " + cache)
                .hasMessageContaining("set XDG_CACHE_HOME");
        assertThat(requests).hasValue(0);
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void othersMayReadTheCache() throws IOException {
        mnist(at("/good/")).open(listener);

        Path images = cache.resolve("train-images-idx3-ubyte.gz");
        Path ordinary = Files.createFile(home.resolve("ordinary"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(images)))
                .isEqualTo(PosixFilePermissions.toString(Files.getPosixFilePermissions(ordinary)));
    }

    @Test
    void theCacheIsWhereXdgSays() {
        assertThat(Mnist.cacheFolder(null, Path.of("/home/me"))).isEqualTo(Path.of("/home/me/.cache/inkling/mnist"));
        assertThat(Mnist.cacheFolder("/var/c", Path.of("/home/me"))).isEqualTo(Path.of("/var/c/inkling/mnist"));
        assertThat(Mnist.cacheFolder("", Path.of("/home/me"))).isEqualTo(Path.of("/home/me/.cache/inkling/mnist"));
        assertThat(Mnist.cacheFolder("relative", Path.of("/home/me")))
                .as("to be ignored by the specification")
                .isEqualTo(Path.of("/home/me/.cache/inkling/mnist"));
    }

    @Test
    void theStandardOneUsesHttpsAndAllFourHashes() {
        Mnist standard = Mnist.standard();

        assertThat(standard.mirrors())
                .hasSize(2)
                .allMatch(mirror -> mirror.toString().matches("https://.*/mnist/"));
        assertThat(standard.hashes().values()).hasSize(4).allMatch(hash -> hash.matches("[0-9a-f]{64}"));
        assertThat(standard.hashes()).containsOnlyKeys(FILES.keySet());
    }
}
