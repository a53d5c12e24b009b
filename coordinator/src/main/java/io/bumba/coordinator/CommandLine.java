package io.bumba.coordinator;

import java.nio.file.Path;
import java.util.Optional;
import net.sourceforge.argparse4j.ArgumentParsers;
import net.sourceforge.argparse4j.impl.Arguments;
import net.sourceforge.argparse4j.inf.ArgumentParser;
import net.sourceforge.argparse4j.inf.ArgumentParserException;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;
import net.sourceforge.argparse4j.inf.Subparsers;

/** The options of {@code up} and {@code server}. */
final class CommandLine {
    private final ArgumentParser parser = ArgumentParsers.newFor("coordinator")
            .terminalWidthDetection(false)
            .build()
            .defaultHelp(false)
            .description("Starts a BUMBA coordinator. Exit codes: 0 clean end, 1 other failure, 2 bad usage or"
                    + " configuration, 4 port taken, 5 data directory in use.")
            .version(Version.TEXT);

    CommandLine() {
        parser.addArgument("--version").action(Arguments.version()).help("print the version and exit");
        Subparsers commands = parser.addSubparsers().dest("command").metavar("COMMAND");

        Subparser up = commands.addParser("up").help("start with the built-in configuration and these options");
        up.addArgument("--data").metavar("DIR").help("data directory");
        up.addArgument("--port")
                .metavar("N")
                .type(Integer.class)
                .help("port of the API; the admin port and ZooKeeper's follow as N+1 and N+2; 0 takes free ones");
        up.addArgument("--admin-port").metavar("N").type(Integer.class).help("admin port");
        up.addArgument("--zookeeper-port").metavar("N").type(Integer.class).help("port of the embedded ZooKeeper");
        up.addArgument("--config").metavar("FILE").help("a file with the keys to change");
        up.addArgument("--workspace").metavar("NAME").help("the project whose files are locked");

        Subparser server = commands.addParser("server").help("start with a configuration file");
        server.addArgument("config").metavar("FILE").nargs("?").help("a file with the keys to change");
    }

    /**
     * @return the options, or empty when the arguments asked for help or the version, which has been printed
     * @throws StartFailure when the arguments are wrong
     */
    Optional<StartOptions> parse(String... args) {
        try {
            Namespace found = parser.parseArgs(args);
            return Optional.of(new StartOptions(
                    Optional.ofNullable(found.getString("config")).map(Path::of),
                    Optional.ofNullable(found.getString("data")).map(Path::of),
                    Optional.ofNullable(found.getString("workspace")),
                    Optional.ofNullable(found.getInt("port")),
                    Optional.ofNullable(found.getInt("admin_port")),
                    Optional.ofNullable(found.getInt("zookeeper_port"))));
        } catch (net.sourceforge.argparse4j.helper.HelpScreenException e) {
            return Optional.empty();
        } catch (ArgumentParserException e) {
            throw new StartFailure(
                    StartFailure.Reason.BAD_CONFIGURATION, e.getMessage() + "; --help shows the options", e);
        }
    }
}
