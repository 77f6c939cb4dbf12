package dev.wxnotify.cli;

import dev.wxnotify.v1.BatchSendRequest;
import java.util.List;

/** One row of the input of a batch: an item, or what is wrong with the row. */
sealed interface Row {
  /** Its position among the rows, from 1; the header and blank lines do not count. */
  long number();

  /** The line of the input where it begins, from 1. */
  long line();

  /**
   * A row that makes an item.
   *
   * @param doubts values that are probably not meant, and are sent as they are
   */
  record Item(long number, long line, BatchSendRequest request, List<Problem> doubts)
      implements Row {
    public Item {
      doubts = List.copyOf(doubts);
    }

    /** Returns the same row with another request. */
    Item with(BatchSendRequest other) {
      return new Item(number, line, other, doubts);
    }
  }

  /** A row that does not make an item. */
  record Bad(long number, long line, List<Problem> problems) implements Row {
    public Bad {
      problems = List.copyOf(problems);
    }

    static Bad of(long number, long line, String place, String what) {
      return new Bad(number, line, List.of(new Problem(place, what)));
    }
  }

  /**
   * What is wrong with a row, or seems to be.
   *
   * @param place the column or field; empty if it is the row as a whole
   * @param what is wrong there
   */
  record Problem(String place, String what) {
    @Override
    public String toString() {
      return place.isEmpty() ? what : place + ": " + what;
    }
  }
}
