package dev.inkling.trainer;

import java.net.URI;

/** Hears of the progress of a download; called on one thread at a time, not always the same one. */
public interface DownloadListener {

    /** Ignores everything. */
    DownloadListener SILENT = new DownloadListener() {};

    /**
     * The server answers.
     *
     * @param bytes how many will come, or −1 where the server does not say
     */
    default void started(URI source, long bytes) {}

    /** So many bytes have come in all. */
    default void progressed(long bytes) {}

    /** The file is complete, verified and in its place. */
    default void finished() {}

    /** This source does not give the file; the next one is tried. */
    default void failed(URI source, String reason) {}
}
