package dev.wxnotify.sandbox;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;

/** Writes one answer to one connection, step by step. */
final class Delivery implements Runnable {

  private final ChannelHandlerContext ctx;
  private final Runnable beforeWrite;
  private final Iterator<WireScript.Step> steps;
  private final Runnable ready;
  private ChannelFuture written;

  /**
   * @param beforeWrite runs just before the first step
   * @param ready runs once the connection is ready for the next request; after some effects it
   *     never is
   */
  Delivery(ChannelHandlerContext ctx, Runnable beforeWrite, WireScript script, Runnable ready) {
    this.ctx = ctx;
    this.beforeWrite = beforeWrite;
    this.steps = script.steps().iterator();
    this.ready = ready;
    this.written = ctx.newSucceededFuture();
  }

  @Override
  public void run() {
    beforeWrite.run();
    goOn();
  }

  /** Continues to the next pause or the end. Writes nothing more to a closed connection. */
  private void goOn() {
    while (steps.hasNext() && ctx.channel().isActive()) {
      WireScript.Step step = steps.next();
      if (step instanceof WireScript.Pause pause) {
        var unused =
            ctx.executor().schedule(this::goOn, pause.length().toNanos(), TimeUnit.NANOSECONDS);
        return;
      }
      take(step);
    }
  }

  private void take(WireScript.Step step) {
    if (step instanceof WireScript.Send send) {
      written = Wire.write(ctx, send.buffer());
    } else if (step == WireScript.Mark.READY) {
      ready.run();
    } else if (step == WireScript.Mark.CLOSE) {
      written.addListener(ChannelFutureListener.CLOSE);
    } else {
      reset();
    }
  }

  /** A close without linger is a reset (RST) on the wire. */
  private void reset() {
    ctx.channel().config().setOption(ChannelOption.SO_LINGER, 0);
    var unused = ctx.close();
  }
}
