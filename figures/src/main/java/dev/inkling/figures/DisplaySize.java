package dev.inkling.figures;

/** How large something is drawn, in pixels of the picture. */
record DisplaySize(int height, int width) {

    /** The largest whole multiple of an image that fits a square box, or the image shrunk to fit where even one is too large. */
    static DisplaySize fit(int height, int width, int box) {
        int longest = Math.max(height, width);
        if (longest <= box) {
            int scale = box / longest;
            return new DisplaySize(height * scale, width * scale);
        }
        return new DisplaySize(
                Math.max(1, Math.round((float) height * box / longest)),
                Math.max(1, Math.round((float) width * box / longest)));
    }
}
