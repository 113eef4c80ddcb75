package dev.inkling.app;

import java.util.List;

/** The commands: the one place that lists them. */
final class Commands {

    private Commands() {}

    /** Fresh settings of every command, in the order in which help shows them. */
    static List<CommandSettings> all() {
        return List.of(
                new DemoCommand.Settings(),
                new TrainCommand.Settings(),
                new EvaluateCommand.Settings(),
                new PredictCommand.Settings(),
                new ExplainCommand.Settings(),
                new ExplainersCommand.Settings(),
                new InspectCommand.Settings());
    }
}
