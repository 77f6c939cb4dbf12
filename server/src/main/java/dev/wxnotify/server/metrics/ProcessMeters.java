package dev.wxnotify.server.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.netty.util.internal.PlatformDependent;
import java.util.function.LongSupplier;

/** What is seen of the process: memory, garbage collection, threads, CPU, files, uptime. */
final class ProcessMeters implements AutoCloseable {
  private final JvmGcMetrics garbage = new JvmGcMetrics();

  ProcessMeters(MeterRegistry registry, String version) {
    new JvmMemoryMetrics().bindTo(registry);
    garbage.bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    direct(registry, "http", PlatformDependent::usedDirectMemory);
    direct(
        registry,
        "grpc",
        io.grpc.netty.shaded.io.netty.util.internal.PlatformDependent::usedDirectMemory);
    Gauge.builder("wxnotify.build.info", () -> 1)
        .description("The version that runs.")
        .tags("version", version, "java", Runtime.version().toString())
        .register(registry);
  }

  /**
   * Netty counts its direct memory by itself, since most of it is not in the JVM's own buffer
   * pools; there are two Nettys in the process, gRPC's and that of the HTTP client and Redis.
   */
  private static void direct(MeterRegistry registry, String netty, LongSupplier used) {
    Gauge.builder("wxnotify.netty.direct.memory", () -> Math.max(0, used.getAsLong()))
        .description("Memory outside of the heap that Netty holds.")
        .baseUnit(BaseUnits.BYTES)
        .tags("netty", netty)
        .strongReference(true)
        .register(registry);
  }

  @Override
  public void close() {
    garbage.close();
  }
}
