package dev.inkling.app;

import com.beust.jcommander.Parameter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The options that every command takes, before or after its name. */
final class GlobalSettings {

    @Parameter(
            names = "--plugins",
            placeholder = "DIR",
            splitter = Verbatim.class,
            description = "also look for plug-ins in this folder (repeatable)")
    List<Path> plugins = new ArrayList<>();

    @Parameter(names = "--debug", description = "print stack traces")
    boolean debug;

    @Parameter(
            names = {"--help", "-h"},
            help = true,
            description = "print this help")
    boolean help;

    @Parameter(names = "--version", help = true, description = "print the version")
    boolean version;
}
