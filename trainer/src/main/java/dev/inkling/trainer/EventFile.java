package dev.inkling.trainer;

import com.google.common.hash.Hashing;
import com.google.protobuf.ByteString;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.util.Locale;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.HistogramProto;
import org.tensorflow.proto.SessionLog;
import org.tensorflow.proto.Summary;

/**
 * A file that TensorBoard shows: numbers, histograms and pictures over the steps of a training run.
 *
 * <p>It grows while the run goes on, and TensorBoard reads as far as it was {@linkplain #flush flushed}; unlike everything else
 * in a run's folder it is therefore not moved into place when it is whole. Not safe for use by several threads.
 */
public final class EventFile implements Closeable {

    private static final String VERSION = "brain.Event:2";
    private static final int BUCKETS = 64;

    private final OutputStream out;
    private final Clock clock;

    private EventFile(OutputStream out, Clock clock) {
        this.out = out;
        this.clock = clock;
    }

    /**
     * Begins a file. A folder may hold several, of one run that was interrupted: their names sort by their time.
     *
     * @param folder where it belongs; made when needed
     * @param firstStep the first step that it will tell of: what earlier files in the folder tell of it and of later ones is
     *     void, since the run goes on from there
     * @throws IOException if it can not be written
     */
    public static EventFile create(Path folder, long firstStep, Clock clock) throws IOException {
        Files.createDirectories(folder);
        long second = clock.instant().getEpochSecond();
        for (int number = 0; ; number++) {
            Path file = folder.resolve(
                    String.format(Locale.ROOT, "events.out.tfevents.%010d.%03d.inkling", second, number));
            try {
                OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                return begun(new EventFile(new BufferedOutputStream(out, 1 << 16), clock), firstStep);
            } catch (FileAlreadyExistsException e) {
                // Of the same second: the next number.
            }
        }
    }

    private static EventFile begun(EventFile events, long firstStep) throws IOException {
        try {
            events.write(events.event(0).setFileVersion(VERSION).build());
            events.write(events.event(firstStep)
                    .setSessionLog(SessionLog.newBuilder().setStatus(SessionLog.SessionStatus.START))
                    .build());
            events.flush();
            return events;
        } catch (IOException e) {
            events.close();
            throw e;
        }
    }

    /**
     * A number.
     *
     * @param tag its name; what stands before a slash puts it into a group
     */
    public void scalar(String tag, long step, double value) throws IOException {
        write(step, Summary.Value.newBuilder().setTag(tag).setSimpleValue((float) value));
    }

    /** How values are distributed, in 64 equal steps from the least to the greatest. What is not finite does not count. */
    public void histogram(String tag, long step, float[] values) throws IOException {
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        double sum = 0;
        double squares = 0;
        int count = 0;
        for (float value : values) {
            if (Float.isFinite(value)) {
                min = Math.min(min, value);
                max = Math.max(max, value);
                sum += value;
                squares += (double) value * value;
                count++;
            }
        }
        if (count == 0) {
            return;
        }
        int buckets = min < max ? BUCKETS : 1;
        long[] counts = new long[buckets];
        for (float value : values) {
            if (Float.isFinite(value)) {
                counts[min < max ? Math.min(buckets - 1, (int) ((value - min) / (max - min) * buckets)) : 0]++;
            }
        }
        HistogramProto.Builder histogram = HistogramProto.newBuilder()
                .setMin(min)
                .setMax(max)
                .setNum(count)
                .setSum(sum)
                .setSumSquares(squares);
        for (int i = 0; i < buckets; i++) {
            histogram.addBucketLimit(i == buckets - 1 ? max : min + (max - min) * (i + 1) / buckets);
            histogram.addBucket(counts[i]);
        }
        write(step, Summary.Value.newBuilder().setTag(tag).setHisto(histogram));
    }

    /**
     * A picture in colour.
     *
     * @param png the bytes of a PNG file of this height and width
     */
    public void image(String tag, long step, int height, int width, byte[] png) throws IOException {
        write(
                step,
                Summary.Value.newBuilder()
                        .setTag(tag)
                        .setImage(Summary.Image.newBuilder()
                                .setHeight(height)
                                .setWidth(width)
                                .setColorspace(3)
                                .setEncodedImageString(ByteString.copyFrom(png))));
    }

    /** Lets TensorBoard see everything so far. */
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    private Event.Builder event(long step) {
        Instant now = clock.instant();
        return Event.newBuilder()
                .setWallTime(now.getEpochSecond() + now.getNano() / 1e9)
                .setStep(step);
    }

    private void write(long step, Summary.Value.Builder value) throws IOException {
        write(event(step).setSummary(Summary.newBuilder().addValue(value)).build());
    }

    /** As a TFRecord: length, its checksum, the bytes, their checksum, all little-endian. */
    private void write(Event event) throws IOException {
        byte[] bytes = event.toByteArray();
        byte[] length = little(8).putLong(bytes.length).array();
        out.write(length);
        out.write(little(4).putInt(maskedChecksum(length)).array());
        out.write(bytes);
        out.write(little(4).putInt(maskedChecksum(bytes)).array());
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** CRC-32C, turned and moved so that the checksum of what holds checksums is of use. */
    private static int maskedChecksum(byte[] bytes) {
        int checksum = Hashing.crc32c().hashBytes(bytes).asInt();
        return Integer.rotateRight(checksum, 15) + 0xa282ead8;
    }
}
