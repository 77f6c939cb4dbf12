package dev.wxnotify.server.grpc;

import dev.wxnotify.server.delivery.WeChatError;
import dev.wxnotify.server.journal.JournalEntry;
import dev.wxnotify.server.journal.MessageRecord;
import dev.wxnotify.v1.Message;
import dev.wxnotify.v1.MessageKind;
import dev.wxnotify.v1.Outcome;

/** Messages of the journal as the contract has them. */
final class MessageProtos {
  private MessageProtos() {}

  static Message of(JournalEntry entry) {
    MessageRecord record = entry.message();
    Message.Builder proto =
        Message.newBuilder()
            .setAppId(record.appId())
            .setMessageId(record.messageId())
            .setRequestId(record.requestId())
            .setCaller(record.caller())
            .setOpenId(record.openId())
            .setTemplateId(record.templateId())
            .setKind(kind(record.kind()))
            .setOutcome(outcome(record.outcome()))
            .setReason(RecordedReasons.of(record.reason()))
            .setBeganAt(Protos.of(record.beganAt()))
            .setEndedAt(Protos.of(record.endedAt()))
            .setAttempts(record.attempts());
    WeChatError error = record.error();
    if (error != null) {
      proto
          .setWechatErrcode(error.errcode())
          .setWechatErrmsg(error.errmsg())
          .setWechatRid(error.rid());
    }
    JournalEntry.Receipt receipt = entry.receipt();
    if (receipt != null) {
      proto
          .setDeliveryStatus(EventProtos.status(receipt.report()))
          .setDeliveryAt(Protos.of(receipt.occurredAt()))
          .setDeliveryErrorCode(receipt.report().errorCode())
          .setDeliveryErrorStatus(receipt.report().errorStatus());
    }
    return proto.build();
  }

  private static MessageKind kind(dev.wxnotify.server.message.MessageKind kind) {
    return switch (kind) {
      case SUBSCRIBE -> MessageKind.MESSAGE_KIND_SUBSCRIBE;
      case SECKILL -> MessageKind.MESSAGE_KIND_SECKILL;
    };
  }

  private static Outcome outcome(MessageRecord.Outcome outcome) {
    return switch (outcome) {
      case ACCEPTED -> Outcome.OUTCOME_ACCEPTED;
      case REJECTED -> Outcome.OUTCOME_REJECTED;
      case NOT_SENT -> Outcome.OUTCOME_NOT_SENT;
      case UNKNOWN -> Outcome.OUTCOME_UNKNOWN;
    };
  }
}
