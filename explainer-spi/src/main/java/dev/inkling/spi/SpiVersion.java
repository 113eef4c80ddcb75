package dev.inkling.spi;

/** The version of this SPI. */
public final class SpiVersion {

    /** Goes up when a plug-in built for the version before would no longer work. */
    public static final int CURRENT = 1;

    /** The attribute in a plug-in jar's manifest that names the version it was built for. */
    public static final String MANIFEST_ATTRIBUTE = "Inkling-SPI-Version";

    private SpiVersion() {}
}
