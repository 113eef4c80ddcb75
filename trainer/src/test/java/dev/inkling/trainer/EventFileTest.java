package dev.inkling.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.HistogramProto;
import org.tensorflow.proto.SessionLog;
import org.tensorflow.proto.Summary;

class EventFileTest {

    private static final Clock CLOCK = Clock.fixed(Instant.ofEpochSecond(1_700_000_000, 250_000_000), ZoneOffset.UTC);

    @TempDir
    Path folder;

    private EventFile create(long firstStep) throws IOException {
        return EventFile.create(folder, firstStep, CLOCK);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    /** CRC-32C bit by bit, the polynomial reflected: not how anybody would write it for speed. */
    private static int checksum(byte[] bytes) {
        int register = -1;
        for (byte next : bytes) {
            register ^= next & 0xFF;
            for (int bit = 0; bit < 8; bit++) {
                register = (register & 1) == 0 ? register >>> 1 : register >>> 1 ^ 0x82F63B78;
            }
        }
        return ~register;
    }

    /** As TensorFlow's documentation of TFRecord has it: ((crc >> 15) | (crc << 17)) + 0xa282ead8. */
    private static int masked(byte[] bytes) {
        int checksum = checksum(bytes);
        return (checksum >>> 15 | checksum << 17) + 0xa282ead8;
    }

    /** Reads what a file holds and checks every checksum. */
    private static List<Event> read(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        List<Event> events = new ArrayList<>();
        while (bytes.hasRemaining()) {
            byte[] length = new byte[8];
            bytes.get(bytes.position(), length);
            byte[] event = new byte[Math.toIntExact(bytes.getLong())];
            assertThat(bytes.getInt()).isEqualTo(masked(length));
            bytes.get(event);
            assertThat(bytes.getInt()).isEqualTo(masked(event));
            events.add(Event.parseFrom(event));
        }
        return events;
    }

    private static Summary.Value only(List<Event> events, int index) {
        assertThat(events.get(index).getSummary().getValueCount()).isEqualTo(1);
        return events.get(index).getSummary().getValue(0);
    }

    private HistogramProto histogram(float... values) throws IOException {
        try (EventFile events = create(1)) {
            events.histogram("weights", 7, values);
        }
        List<Event> events = read(files().get(0));
        assertThat(events.get(2).getStep()).isEqualTo(7);
        Files.delete(files().get(0));
        return only(events, 2).getHisto();
    }

    @Test
    void theReaderOfThisTestKnowsItsChecksum() {
        assertThat(checksum("123456789".getBytes(StandardCharsets.US_ASCII))).isEqualTo(0xE3069283);
    }

    @Test
    void numbersComeBack() throws IOException {
        try (EventFile events = create(41)) {
            events.scalar("epoch/loss", 41, 0.125);
            events.scalar("épreuve", 1L << 40, -3.5);
        }

        assertThat(files()).containsExactly(folder.resolve("events.out.tfevents.1700000000.000.inkling"));
        List<Event> events = read(files().get(0));
        assertThat(events).hasSize(4).allMatch(event -> event.getWallTime() == 1_700_000_000.25);
        assertThat(events.get(0).getFileVersion()).isEqualTo("brain.Event:2");
        assertThat(events.get(1).getSessionLog().getStatus()).isEqualTo(SessionLog.SessionStatus.START);
        assertThat(events.get(1).getStep()).isEqualTo(41);
        assertThat(events.get(2).getStep()).isEqualTo(41);
        assertThat(only(events, 2).getTag()).isEqualTo("epoch/loss");
        assertThat(only(events, 2).getSimpleValue()).isEqualTo(0.125f);
        assertThat(events.get(3).getStep()).isEqualTo(1L << 40);
        assertThat(only(events, 3).getTag()).isEqualTo("épreuve");
    }

    @Test
    void histogramsCountEveryValueOnce() throws IOException {
        float[] values = new float[129];
        for (int i = 0; i < values.length; i++) {
            values[i] = i / 2f - 10;
        }
        HistogramProto histogram = histogram(values);

        assertThat(histogram.getMin()).isEqualTo(-10);
        assertThat(histogram.getMax()).isEqualTo(54);
        assertThat(histogram.getNum()).isEqualTo(129);
        assertThat(histogram.getSum()).isEqualTo(129 * 22.0);
        // Σ (i/2 − 10)² = Σ i²/4 − 10 Σ i + 100 · 129
        assertThat(histogram.getSumSquares()).isEqualTo(128 * 129 * 257 / 6 / 4.0 - 10 * 128 * 129 / 2.0 + 12_900);
        // Steps of 1 from −10: two values in each, and the greatest with the last two.
        assertThat(histogram.getBucketCount()).isEqualTo(64);
        assertThat(histogram.getBucketLimit(0)).isEqualTo(-9);
        assertThat(histogram.getBucketLimit(63)).isEqualTo(54);
        assertThat(histogram.getBucketList().subList(0, 63)).containsOnly(2.0);
        assertThat(histogram.getBucket(63)).isEqualTo(3);
    }

    @Test
    void equalValuesMakeOneBucket() throws IOException {
        HistogramProto histogram = histogram(0.5f, 0.5f, 0.5f);

        assertThat(histogram.getBucketList()).containsExactly(3.0);
        assertThat(histogram.getBucketLimitList()).containsExactly(0.5);
        assertThat(histogram.getMin()).isEqualTo(0.5);
    }

    @Test
    void histogramsPassOverWhatIsNotFinite() throws IOException {
        HistogramProto histogram = histogram(Float.NaN, 1, Float.POSITIVE_INFINITY, 3, Float.NEGATIVE_INFINITY);

        assertThat(histogram.getNum()).isEqualTo(2);
        assertThat(histogram.getMin()).isEqualTo(1);
        assertThat(histogram.getMax()).isEqualTo(3);
        assertThat(histogram.getSum()).isEqualTo(4);
        try (EventFile events = create(1)) {
            events.histogram("nothing", 1, new float[] {Float.NaN});
        }
        assertThat(read(files().get(0))).hasSize(2);
    }

    @Test
    void picturesComeBack() throws IOException {
        byte[] png = {1, 2, 3};
        try (EventFile events = create(1)) {
            events.image("attention/7", 5, 20, 30, png);
        }

        Summary.Image image = only(read(files().get(0)), 2).getImage();
        assertThat(image.getHeight()).isEqualTo(20);
        assertThat(image.getWidth()).isEqualTo(30);
        assertThat(image.getColorspace()).isEqualTo(3);
        assertThat(image.getEncodedImageString().toByteArray()).isEqualTo(png);
    }

    @Test
    void aLaterFileOfTheSameSecondSortsBehind() throws IOException {
        create(1).close();
        create(9).close();

        assertThat(files()).hasSize(2);
        assertThat(read(files().get(0)).get(1).getStep()).isEqualTo(1);
        assertThat(read(files().get(1)).get(1).getStep()).isEqualTo(9);
    }

    @Test
    void whatWasFlushedIsThereWhileTheFileIsOpen() throws IOException {
        try (EventFile events = create(1)) {
            events.scalar("loss", 1, 2);
            events.flush();
            assertThat(read(files().get(0))).hasSize(3);
        }
    }

    @Test
    void aFolderThatCanNotBeMadeIsAnError() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");

        assertThatThrownBy(() -> EventFile.create(file.resolve("below"), 1, CLOCK))
                .isInstanceOf(IOException.class);
    }
}
