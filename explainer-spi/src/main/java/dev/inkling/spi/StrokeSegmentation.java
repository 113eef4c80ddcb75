package dev.inkling.spi;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiPredicate;

/** Cuts one drawing; see {@link Segments.Strokes} for the rules. */
final class StrokeSegmentation {

    private static final int NONE = -1;

    /** Lengths of steps to a side and across a corner, nearly 1 : √2 and exact to add up. */
    private static final int SIDE = 5;

    private static final int CORNER = 7;
    private static final int FAR = Integer.MAX_VALUE;

    /** Places of k-means' centres settle within a few rounds, or swing between two. */
    private static final int ROUNDS = 5;

    /** How far a soft edge reaches from the ink, in pixels, and its least part of the strongest ink. */
    private static final int EDGE = 2;

    private static final double FAINTEST = 0.01;

    /** Bins of the histogram in which Otsu's threshold is looked for. */
    private static final int BINS = 256;

    /** Pixels of a piece that are tried as its middle, evenly chosen; a thin piece has fewer, a thick one is middled well enough. */
    private static final int CANDIDATES = 16;

    /** Down and across. */
    private static final int BACKGROUND_CELLS = 4;

    private final int height;
    private final int width;

    /** How far each pixel is from the background, all channels together. */
    private final double[] ink;

    private final double strongest;

    private final int[][] neighbours;

    /** Pixels that have something to pass on: a ring, each in it at most once. */
    private final int[] queue;

    private final boolean[] waiting;
    private int head;
    private int queued;

    StrokeSegmentation(ModelSignature signature, float[] pixels, int offset) {
        this.height = signature.height();
        this.width = signature.width();
        int channels = signature.channels();
        double[] background = new double[channels];
        for (int c = 0; c < channels; c++) {
            background[c] = borderMedian(pixels, offset + c, channels);
        }
        this.ink = new double[height * width];
        for (int i = 0; i < ink.length; i++) {
            for (int c = 0; c < channels; c++) {
                ink[i] += Math.abs(pixels[offset + i * channels + c] - background[c]) / channels;
            }
        }
        this.strongest = Arrays.stream(ink).max().orElse(0);
        this.neighbours = new int[ink.length][];
        Arrays.setAll(neighbours, pixel -> around(pixel, height, width));
        this.queue = new int[ink.length];
        this.waiting = new boolean[ink.length];
    }

    private double borderMedian(float[] pixels, int first, int channels) {
        List<Float> border = new ArrayList<>();
        for (int i = 0; i < height * width; i++) {
            int row = i / width;
            int column = i % width;
            if (row == 0 || row == height - 1 || column == 0 || column == width - 1) {
                border.add(pixels[first + i * channels]);
            }
        }
        border.sort(null);
        return border.get(border.size() / 2);
    }

    /**
     * Labels of all pixels, in any order.
     *
     * @param length of a piece along the stroke, in pixels
     */
    int[] cut(double length) {
        int[] labels = new int[ink.length];
        Arrays.fill(labels, NONE);
        int pieces = 0;
        if (strongest > 0) {
            boolean[] drawn = drawn();
            List<Integer> centres = centres(drawn, length);
            labels = nearest(centres, drawn);
            for (int round = 0; round < ROUNDS; round++) {
                List<Integer> moved = middles(labels, centres.size());
                if (moved.equals(centres)) {
                    break;
                }
                centres = moved;
                labels = nearest(centres, drawn);
            }
            pieces = centres.size();
            growOverSoftEdges(labels);
        }
        cutBackground(labels, pieces);
        return labels;
    }

    /** Above Otsu's threshold, which parts the histogram so that the variance between both parts is largest. */
    private boolean[] drawn() {
        int[] histogram = new int[BINS];
        double total = 0;
        for (double value : ink) {
            int bin = bin(value);
            histogram[bin]++;
            total += bin;
        }
        int below = 0;
        double sumBelow = 0;
        double best = -1;
        int threshold = 0;
        for (int bin = 0; bin < BINS - 1; bin++) {
            below += histogram[bin];
            sumBelow += (double) bin * histogram[bin];
            int above = ink.length - below;
            if (below > 0 && above > 0) {
                double apart = sumBelow / below - (total - sumBelow) / above;
                double variance = (double) below * above * apart * apart;
                if (variance > best) {
                    best = variance;
                    threshold = bin;
                }
            }
        }
        boolean[] drawn = new boolean[ink.length];
        for (int i = 0; i < ink.length; i++) {
            drawn[i] = bin(ink[i]) > threshold;
        }
        return drawn;
    }

    private int bin(double value) {
        return (int) Math.min(BINS - 1, value / strongest * BINS);
    }

    /**
     * In each part of the ink its middle, then again and again the pixel that is farthest from all centres, until none is
     * farther than half a piece.
     */
    private List<Integer> centres(boolean[] drawn, double length) {
        List<Integer> centres = new ArrayList<>();
        int[] distances = new int[ink.length];
        Arrays.fill(distances, FAR);
        int[] ignored = new int[ink.length];
        for (int i = 0; i < ink.length; i++) {
            if (!drawn[i] || distances[i] != FAR) {
                continue;
            }
            List<Integer> part = connected(i, (pixel, neighbour) -> drawn[neighbour]);
            int next = middle(part, new boolean[ink.length]);
            do {
                centres.add(next);
                spread(List.of(next), drawn, distances, ignored);
                next = part.get(0);
                for (int pixel : part) {
                    next = distances[pixel] > distances[next] ? pixel : next;
                }
            } while (distances[next] > SIDE * length / 2);
        }
        return centres;
    }

    /** What one reaches from a pixel by steps to a neighbour that are allowed, itself included. */
    private List<Integer> connected(int from, BiPredicate<Integer, Integer> allowed) {
        List<Integer> members = new ArrayList<>(List.of(from));
        boolean[] found = new boolean[ink.length];
        found[from] = true;
        for (int i = 0; i < members.size(); i++) {
            int pixel = members.get(i);
            for (int neighbour : neighbours[pixel]) {
                if (!found[neighbour] && allowed.test(pixel, neighbour)) {
                    found[neighbour] = true;
                    members.add(neighbour);
                }
            }
        }
        return members;
    }

    /** For each drawn pixel the number of the centre that is nearest along the ink; every part of the ink has one. */
    private int[] nearest(List<Integer> centres, boolean[] drawn) {
        int[] distances = new int[ink.length];
        Arrays.fill(distances, FAR);
        int[] labels = new int[ink.length];
        Arrays.fill(labels, NONE);
        spread(centres, drawn, distances, labels);
        return labels;
    }

    /**
     * Lowers the distances to what is nearer to one of these centres, along the inside, and names that centre; of two that are
     * equally near, the first. Each pixel passes on what it has until nothing changes.
     */
    private void spread(List<Integer> centres, boolean[] inside, int[] distances, int[] labels) {
        for (int k = 0; k < centres.size(); k++) {
            distances[centres.get(k)] = 0;
            labels[centres.get(k)] = k;
            enqueue(centres.get(k));
        }
        while (queued > 0) {
            int pixel = dequeue();
            for (int neighbour : neighbours[pixel]) {
                int distance = distances[pixel] + (isCorner(pixel, neighbour) ? CORNER : SIDE);
                if (inside[neighbour]
                        && (distance < distances[neighbour]
                                || distance == distances[neighbour] && labels[pixel] < labels[neighbour])) {
                    distances[neighbour] = distance;
                    labels[neighbour] = labels[pixel];
                    enqueue(neighbour);
                }
            }
        }
    }

    private void enqueue(int pixel) {
        if (!waiting[pixel]) {
            waiting[pixel] = true;
            queue[(head + queued++) % queue.length] = pixel;
        }
    }

    private int dequeue() {
        int pixel = queue[head];
        head = (head + 1) % queue.length;
        queued--;
        waiting[pixel] = false;
        return pixel;
    }

    /** The middle of each piece. */
    private List<Integer> middles(int[] labels, int pieces) {
        List<List<Integer>> members = new ArrayList<>();
        for (int piece = 0; piece < pieces; piece++) {
            members.add(new ArrayList<>());
        }
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] != NONE) {
                members.get(labels[i]).add(i);
            }
        }
        boolean[] inside = new boolean[labels.length];
        return members.stream().map(piece -> middle(piece, inside)).toList();
    }

    /**
     * The pixel from which the sum of squared distances to all others, along the piece, is least.
     *
     * @param inside all false; and so again afterwards
     */
    private int middle(List<Integer> piece, boolean[] inside) {
        piece.forEach(member -> inside[member] = true);
        int middle = NONE;
        double least = Double.POSITIVE_INFINITY;
        int[] distances = new int[inside.length];
        int[] ignored = new int[inside.length];
        int step = (piece.size() + CANDIDATES - 1) / CANDIDATES;
        for (int i = 0; i < piece.size(); i += step) {
            piece.forEach(member -> distances[member] = FAR);
            spread(List.of(piece.get(i)), inside, distances, ignored);
            double sum = 0;
            for (int member : piece) {
                sum += (double) distances[member] * distances[member];
            }
            if (sum < least) {
                least = sum;
                middle = piece.get(i);
            }
        }
        piece.forEach(member -> inside[member] = false);
        return middle;
    }

    private void growOverSoftEdges(int[] labels) {
        for (int ring = 0; ring < EDGE; ring++) {
            int[] before = labels.clone();
            for (int i = 0; i < labels.length; i++) {
                if (before[i] != NONE || ink[i] < FAINTEST * strongest) {
                    continue;
                }
                // The strongest neighbour's piece: it is the stroke whose edge this is.
                int from = NONE;
                for (int neighbour : neighbours[i]) {
                    if (before[neighbour] != NONE && (from == NONE || ink[neighbour] > ink[from])) {
                        from = neighbour;
                    }
                }
                if (from != NONE) {
                    labels[i] = before[from];
                }
            }
        }
    }

    /** Connected parts of each cell of a grid; small ones join the neighbour with which they share most sides. */
    private void cutBackground(int[] labels, int pieces) {
        List<List<Integer>> parts = new ArrayList<>();
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] == NONE) {
                List<Integer> part = connected(
                        i,
                        (pixel, neighbour) -> !isCorner(pixel, neighbour)
                                && labels[neighbour] == NONE
                                && cell(neighbour) == cell(pixel));
                int label = pieces + parts.size();
                part.forEach(pixel -> labels[pixel] = label);
                parts.add(part);
            }
        }
        double small = ink.length / Math.pow(BACKGROUND_CELLS, 2) / 4;
        for (int k = 0; k < parts.size(); k++) {
            List<Integer> members = parts.get(k);
            if (members.size() < small) {
                int neighbour = closest(labels, members, pieces);
                if (neighbour != NONE) {
                    members.forEach(member -> labels[member] = neighbour);
                    parts.get(neighbour - pieces).addAll(members);
                }
            }
        }
    }

    private int cell(int pixel) {
        return pixel / width * BACKGROUND_CELLS / height * BACKGROUND_CELLS + pixel % width * BACKGROUND_CELLS / width;
    }

    /** The part of the background that shares most sides with these pixels, the lowest of several; none in a small hole. */
    private int closest(int[] labels, List<Integer> members, int pieces) {
        Map<Integer, Integer> sides = new TreeMap<>();
        for (int member : members) {
            for (int neighbour : neighbours[member]) {
                int label = labels[neighbour];
                if (!isCorner(member, neighbour) && label >= pieces && label != labels[member]) {
                    sides.merge(label, 1, Integer::sum);
                }
            }
        }
        int closest = NONE;
        for (Map.Entry<Integer, Integer> entry : sides.entrySet()) {
            if (closest == NONE || entry.getValue() > sides.get(closest)) {
                closest = entry.getKey();
            }
        }
        return closest;
    }

    /** The up to eight pixels around one. */
    private static int[] around(int pixel, int height, int width) {
        int row = pixel / width;
        int column = pixel % width;
        int[] around = new int[8];
        int count = 0;
        for (int y = Math.max(0, row - 1); y <= Math.min(height - 1, row + 1); y++) {
            for (int x = Math.max(0, column - 1); x <= Math.min(width - 1, column + 1); x++) {
                if (y != row || x != column) {
                    around[count++] = y * width + x;
                }
            }
        }
        return Arrays.copyOf(around, count);
    }

    private boolean isCorner(int pixel, int neighbour) {
        return pixel / width != neighbour / width && pixel % width != neighbour % width;
    }
}
