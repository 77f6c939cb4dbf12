package dev.wxnotify.benchmark.load;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@link BareHttp} as a process: the floor of an HTTP client. */
@Command(name = "bare-http-client")
public final class BareHttpClient implements Runnable {
  @Option(names = "--port", required = true)
  private int port;

  @Option(names = "--transport", required = true)
  private Transport transport = Transport.NIO;

  /** The process. */
  public static void main(String[] args) {
    new CommandLine(new BareHttpClient()).setCaseInsensitiveEnumValuesAllowed(true).execute(args);
  }

  @Override
  public void run() {
    BareHttp http = new BareHttp(port, transport, transport.loops());
    try {
      Worker.serve(0, Load.class, load -> run(http, load));
    } catch (Exception e) {
      throw new IllegalStateException("the load failed", e);
    }
  }

  private static LoadResult run(BareHttp http, Load load) throws InterruptedException {
    http.connect(load.connections());
    return load.perSecond() > 0 ? OpenLoop.run(http, load) : ClosedLoop.run(http, load);
  }
}
