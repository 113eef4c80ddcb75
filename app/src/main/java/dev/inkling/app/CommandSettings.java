package dev.inkling.app;

import com.google.inject.Module;
import com.google.inject.util.Modules;
import java.util.List;

/**
 * What the user typed for one command: an object with JCommander's annotations. See {@link Command} for how it is used.
 *
 * <p>Rules for the fields: help texts start in lower case and have no full stop; {@code placeholder} names the value
 * ({@code DIR}); {@code category} groups long lists of options under a heading; a {@code List} starts as an
 * {@code ArrayList}, for JCommander adds to it, and one that the user fills by repeating the option has
 * {@code splitter = Verbatim.class}, or JCommander splits it at commas. The user may type {@code --option=value} for
 * {@code --option value}.
 */
public interface CommandSettings {

    /** The command that these settings are for. */
    Class<? extends Command> command();

    /** Lines a user could type, shown under {@code --help}. */
    List<String> examples();

    /** What the command needs beyond the application's own bindings; asked for after parsing. */
    default Module module() {
        return Modules.EMPTY_MODULE;
    }
}
