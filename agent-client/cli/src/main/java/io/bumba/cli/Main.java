package io.bumba.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import picocli.CommandLine;

/** The {@code bumba} command, all but {@code bumba up}, which is the coordinator's. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        // Only the default charset knows the locale on every Java from 17 on.
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, Charset.defaultCharset());
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, Charset.defaultCharset());
        System.setOut(out);
        System.setErr(err);
        int code = commandLine(Surroundings.ofProcess()).execute(args);
        out.flush();
        System.exit(code);
    }

    static CommandLine commandLine(Surroundings around) {
        GlobalOptions global = new GlobalOptions(around);
        CommandLine run = new CommandLine(new RunCommand(global));
        CommandLine session = new CommandLine(new SessionCommand(global));
        CommandLine claim = new CommandLine(new ClaimCommand(global));
        CommandLine bumba = new CommandLine(new BumbaCommand(global))
                .addSubcommand(new UpCommand())
                .addSubcommand(new InitCommand(global))
                .addSubcommand(new StatusCommand(global))
                .addSubcommand(new AgentsCommand(global))
                .addSubcommand(new LocksCommand(global))
                .addSubcommand(new BreakCommand(global))
                .addSubcommand(new BreaksCommand(global))
                .addSubcommand(new TerritoriesCommand(global))
                .addSubcommand(new ExplainCommand(global))
                .addSubcommand(new RevokeCommand(global))
                .addSubcommand(run)
                .addSubcommand(claim)
                .addSubcommand(session)
                .addSubcommand(new LockCommand())
                .addSubcommand(new UnlockCommand())
                .addSubcommand(new HeldCommand())
                .addSubcommand(new ReleaseCommand())
                .addSubcommand(new ResizeCommand())
                .addSubcommand(new WhoamiCommand())
                .addSubcommand(new DoctorCommand(global))
                .addSubcommand(new CommandLine(new ZkCliCommand(global)).setStopAtPositional(true))
                .addSubcommand(new DemoCommand(around))
                .addSubcommand(new DemoAgentCommand());
        configure(bumba);
        run.setStopAtPositional(true);
        session.setStopAtPositional(true);
        Errors errors = new Errors(around.env().containsKey("BUMBA_DEBUG"));
        bumba.setParameterExceptionHandler(errors);
        bumba.setExecutionExceptionHandler(errors);
        ExitCode.describeIn(bumba, run, claim, session);
        return bumba;
    }

    /** How words are read, wherever they are. */
    static void configure(CommandLine bumba) {
        bumba.setExpandAtFiles(false);
        bumba.setUsageHelpAutoWidth(true);
        bumba.setCaseInsensitiveEnumValuesAllowed(true);
    }
}
