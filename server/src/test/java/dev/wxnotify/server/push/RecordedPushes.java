package dev.wxnotify.server.push;

import dev.wxnotify.server.journal.PushListener;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what it hears. */
final class RecordedPushes implements PushListener {
  final List<String> all = new CopyOnWriteArrayList<>();
  final List<Duration> lags = new CopyOnWriteArrayList<>();

  @Override
  public void pushed(String appId, Kind kind, Result result) {
    all.add(appId + " " + kind + " " + result);
  }

  @Override
  public void receiptArrived(String appId, boolean delivered, Duration lag) {
    all.add(appId + (delivered ? " delivered" : " failed"));
    lags.add(lag);
  }

  @Override
  public void forwarded(String appId, Forwarding result) {
    all.add(appId + " forwarded " + result);
  }
}
