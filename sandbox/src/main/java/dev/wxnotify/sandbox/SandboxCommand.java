package dev.wxnotify.sandbox;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code sandbox}: a fake WeChat that runs until it is stopped. */
@Command(
    name = "sandbox",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Runs a fake of WeChat's subscribe-message API, for first tries and for tests. It needs no"
            + " account, sends nothing to anybody, and fails on demand.",
    footerHeading = "%nFailures on demand:%n",
    footer = {
      "  An open id of the form sandbox-<errcode> gets that error, for example",
      "  sandbox-43101; sandbox-reset-after, sandbox-slow-500, sandbox-interim-103,",
      "  sandbox-surplus and others damage the answer. All of them: GET",
      "  /sandbox/open-ids. All control calls: GET /sandbox.",
      "  A FAULT is endpoint:what[:often], for example",
      "    send:errcode=-1:3               the next three sends are answered -1",
      "    send:latency=200                every send takes 200 ms longer",
      "    any:http=502:5%%                 one request in twenty, at random",
      "    stable_token:reset-before:1/4   each fourth request",
      "    send:surplus:1/20               each twentieth answer is followed by another",
      "    any:unsolicited:1               the next connection gets an unsolicited answer",
      "  All kinds of faults: GET /sandbox/faults/kinds; those of pushes: GET",
      "  /sandbox/pushes/faults/kinds.",
      "",
      "Exit codes: 0 stopped, 64 the command line is wrong, 69 cannot listen."
    })
public final class SandboxCommand implements Callable<Integer> {

  private static final int STOPPED = 0;
  private static final int CANNOT_LISTEN = 69;

  private final CountDownLatch stop = new CountDownLatch(1);

  @Mixin private SandboxFlags flags = new SandboxFlags();

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it before call().
  private CommandSpec spec;

  /** Runs until SIGTERM, SIGINT or an interrupt. */
  @Override
  public Integer call() {
    SandboxOptions options = options();
    try (Sandbox sandbox = Sandbox.start(options)) {
      runUntilStopped(sandbox, options);
      return STOPPED;
    } catch (IOException e) {
      PrintWriter err = spec.commandLine().getErr();
      err.println(e.getMessage() + ": " + e.getCause());
      err.flush();
      return CANNOT_LISTEN;
    }
  }

  private SandboxOptions options() {
    try {
      return flags.options();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private void runUntilStopped(Sandbox sandbox, SandboxOptions options) {
    Thread hook = new Thread(() -> stopAndExit(sandbox), "sandbox-stop");
    // Before the greeting: whoever reads it may stop the sandbox at once.
    Runtime.getRuntime().addShutdownHook(hook);
    SandboxGreeting.print(spec.commandLine().getOut(), sandbox, options);
    try {
      stop.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      Runtime.getRuntime().removeShutdownHook(hook);
    }
  }

  /** The JVM would exit with 143; to be told to stop is no failure. */
  private static void stopAndExit(Sandbox sandbox) {
    sandbox.close();
    Runtime.getRuntime().halt(STOPPED);
  }
}
