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
    // Netty counts it by itself, since most of it is not in the JVM's own buffer pools.
    Gauge.builder(
            "wxnotify.netty.direct.memory", () -> Math.max(0, PlatformDependent.usedDirectMemory()))
        .description("Memory that Netty holds outside of the heap.")
        .baseUnit(BaseUnits.BYTES)
        .register(registry);
    Gauge.builder("wxnotify.build.info", () -> 1)
        .description("The version of this server; always 1.")
        .tags("version", version, "java", Runtime.version().toString())
        .register(registry);
  }

  @Override
  public void close() {
    garbage.close();
  }
}
