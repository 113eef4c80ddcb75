package dev.inkling.trainer;

/** How the learning rate changes over a run, as a share of its peak. */
public enum Schedule {

    /** The peak from beginning to end. */
    CONSTANT {
        @Override
        double share(double progress, double warmUp) {
            return 1;
        }
    },

    /** From the peak to 0 along half a cosine (Loshchilov and Hutter 2017, arXiv:1608.03983), after a linear warm-up. */
    COSINE {
        @Override
        double share(double progress, double warmUp) {
            return progress < warmUp ? progress / warmUp : fall((progress - warmUp) / (1 - warmUp));
        }
    },

    /**
     * One cycle (Smith and Topin 2018, arXiv:1708.07120): up from a 25th of the peak and down to a 10,000th of where it began,
     * both along half a cosine.
     */
    ONE_CYCLE {
        private static final double START = 1.0 / 25;
        private static final double END = START / 10_000;

        @Override
        double share(double progress, double warmUp) {
            return progress < warmUp
                    ? 1 + (START - 1) * fall(progress / warmUp)
                    : END + (1 - END) * fall((progress - warmUp) / (1 - warmUp));
        }
    };

    /**
     * The learning rate as a share of its peak.
     *
     * @param progress share of the run's steps done before this one, in [0, 1)
     * @param warmUp share of the run's steps in which the rate rises, in [0, 1)
     */
    abstract double share(double progress, double warmUp);

    /** Half a cosine from 1 at 0 to 0 at 1. */
    private static double fall(double x) {
        return (1 + Math.cos(Math.PI * x)) / 2;
    }
}
