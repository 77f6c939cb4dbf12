package dev.wxnotify.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.wxnotify.v1.BatchItemResult;
import dev.wxnotify.v1.BatchSendRequest;
import dev.wxnotify.v1.BatchSendResponse;
import dev.wxnotify.v1.BatchSummary;
import dev.wxnotify.v1.NotificationServiceGrpc.NotificationServiceStub;
import dev.wxnotify.v1.Outcome;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The campaign's side of a stream. It sends its items as fast as the server reads them, and keeps
 * the result of each. It fails if the server breaks the contract: an item with two results, a
 * result without an item, or a summary that does not match the results.
 */
final class CampaignStream implements ClientResponseObserver<BatchSendRequest, BatchSendResponse> {
  private final List<BatchSendRequest> items;
  private final boolean halfCloses;
  private final Object lock = new Object();

  @GuardedBy("lock")
  private final Map<Integer, BatchItemResult> results = new HashMap<>();

  @GuardedBy("lock")
  private final List<String> offences = new ArrayList<>();

  @GuardedBy("lock")
  private int sent;

  @GuardedBy("lock")
  private @Nullable BatchSummary summary;

  @GuardedBy("lock")
  private @Nullable Status end;

  @GuardedBy("lock")
  private @Nullable Throwable fault;

  private @Nullable ClientCallStreamObserver<BatchSendRequest> requests;

  private CampaignStream(List<BatchSendRequest> items, boolean halfCloses) {
    this.items = items;
    this.halfCloses = halfCloses;
  }

  /** Sends the items and closes the stream after them. */
  static CampaignStream send(NotificationServiceStub stub, List<BatchSendRequest> items) {
    CampaignStream stream = new CampaignStream(items, true);
    stub.batchSend(stream);
    return stream;
  }

  /** Sends the items and leaves the stream open for more. */
  static CampaignStream sendAndStay(NotificationServiceStub stub, List<BatchSendRequest> items) {
    CampaignStream stream = new CampaignStream(items, false);
    stub.batchSend(stream);
    return stream;
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<BatchSendRequest> stream) {
    requests = stream;
    Iterator<BatchSendRequest> left = items.iterator();
    stream.setOnReadyHandler(
        () -> {
          while (stream.isReady() && left.hasNext()) {
            stream.onNext(left.next());
            countSent();
            if (!left.hasNext() && halfCloses) {
              stream.onCompleted();
            }
          }
        });
  }

  private void countSent() {
    synchronized (lock) {
      sent++;
    }
  }

  @Override
  public void onNext(BatchSendResponse response) {
    synchronized (lock) {
      if (summary != null) {
        offences.add("an answer after the summary: " + response);
      } else if (response.hasSummary()) {
        summary = response.getSummary();
      } else {
        BatchItemResult result = response.getResult();
        int index = (int) result.getIndex();
        if (index >= items.size() || results.put(index, result) != null) {
          offences.add("a result too many: " + result);
        } else if (!result.getRequestId().equals(items.get(index).getRequestId())) {
          offences.add("not the item's request id: " + result);
        }
      }
      lock.notifyAll();
    }
  }

  @Override
  public void onError(Throwable fault) {
    end(Status.fromThrowable(fault), fault);
  }

  @Override
  public void onCompleted() {
    end(Status.OK, null);
  }

  private void end(Status status, @Nullable Throwable why) {
    synchronized (lock) {
      end = status;
      fault = why;
      lock.notifyAll();
    }
  }

  void cancel() {
    Objects.requireNonNull(requests).cancel("the campaign dies", null);
  }

  /** Waits until this many results have arrived. */
  void awaitResults(int count) throws InterruptedException {
    synchronized (lock) {
      while (results.size() < count && end == null) {
        lock.wait();
      }
      assertThat(results).as("%s", end).hasSizeGreaterThanOrEqualTo(count);
    }
  }

  /** Waits until each item that has been sent so far has its result. */
  void awaitWhatIsUnderWay() throws InterruptedException {
    synchronized (lock) {
      int sentByNow = sent;
      int next = 0;
      while (next < sentByNow && end == null) {
        if (results.containsKey(next)) {
          next++;
        } else {
          lock.wait();
        }
      }
    }
  }

  Status awaitEnd() throws InterruptedException {
    synchronized (lock) {
      while (end == null) {
        lock.wait();
      }
      assertThat(offences).isEmpty();
      return end;
    }
  }

  /** Waits for the end with OK, a result for each item, and the summary; returns the results. */
  List<BatchItemResult> awaitAll() throws InterruptedException {
    assertThat(awaitEnd().getCode()).as("%s", end()).isEqualTo(Status.Code.OK);
    List<BatchItemResult> all = results();
    assertThat(all).hasSize(items.size());
    assertThat(summary()).isEqualTo(countOf(all));
    return all;
  }

  /** Waits for the end of the stream, and returns its error. */
  StatusRuntimeException awaitError() throws InterruptedException {
    awaitEnd();
    synchronized (lock) {
      assertThat(fault).isInstanceOf(StatusRuntimeException.class);
      return (StatusRuntimeException) Objects.requireNonNull(fault);
    }
  }

  private @Nullable Status end() {
    synchronized (lock) {
      return end;
    }
  }

  BatchSummary summary() {
    synchronized (lock) {
      assertThat(summary).as("a summary came").isNotNull();
      return Objects.requireNonNull(summary);
    }
  }

  /** Returns the results so far, by index. */
  Map<Integer, BatchItemResult> byIndex() {
    synchronized (lock) {
      return new HashMap<>(results);
    }
  }

  /** Returns the results so far, in the order of the items. */
  List<BatchItemResult> results() {
    return byIndex().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(Map.Entry::getValue)
        .toList();
  }

  /** Counts results like a summary. */
  static BatchSummary countOf(List<BatchItemResult> results) {
    return BatchSummary.newBuilder()
        .setTotal(results.size())
        .setAccepted(count(results, Outcome.OUTCOME_ACCEPTED))
        .setRejected(count(results, Outcome.OUTCOME_REJECTED))
        .setNotSent(count(results, Outcome.OUTCOME_NOT_SENT))
        .setUnknown(count(results, Outcome.OUTCOME_UNKNOWN))
        .setReplayed(count(results, BatchItemResult::getReplayed))
        .putAllErrorsByReason(
            results.stream()
                .filter(BatchItemResult::hasError)
                .collect(
                    Collectors.groupingBy(
                        result -> result.getError().getReason().name(), Collectors.counting())))
        .build();
  }

  private static long count(List<BatchItemResult> results, Outcome outcome) {
    return count(results, result -> result.getOutcome() == outcome);
  }

  private static long count(List<BatchItemResult> results, Predicate<BatchItemResult> which) {
    return results.stream().filter(which).count();
  }
}
