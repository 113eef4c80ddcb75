package dev.inkling.trainer;

import java.util.ArrayList;
import java.util.List;

/** Images to follow a training run by. */
public final class WatchedImages {

    private WatchedImages() {}

    /**
     * Of each class the first image that a run with these settings holds out of its training set: the network never learns
     * from it.
     *
     * @param most how many at most; the first classes come first
     * @return indices of images in the training set, in the order of their classes
     */
    public static int[] heldOut(Dataset training, TrainSettings settings, int most) {
        int[] heldOut = new BatchOrder(training.size(), settings.validation(), settings.seed()).validation();
        List<Integer> watched = new ArrayList<>();
        for (int label = 0; label < training.labels().size() && watched.size() < most; label++) {
            for (int index : heldOut) {
                if (training.label(index) == label) {
                    watched.add(index);
                    break;
                }
            }
        }
        return watched.stream().mapToInt(Integer::intValue).toArray();
    }
}
