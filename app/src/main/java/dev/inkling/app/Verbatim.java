package dev.inkling.app;

import com.beust.jcommander.converters.IParameterSplitter;
import java.util.List;

/** For list options that are filled by repeating them: JCommander would split a value at its commas. */
public final class Verbatim implements IParameterSplitter {

    @Override
    public List<String> split(String value) {
        return List.of(value);
    }
}
