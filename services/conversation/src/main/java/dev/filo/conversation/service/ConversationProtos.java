package dev.filo.conversation.service;

import dev.filo.conversation.domain.ChatThread;
import dev.filo.conversation.domain.ChatThread.Said;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.conversation.v1.Author;
import dev.filo.proto.conversation.v1.Conversation;
import dev.filo.proto.conversation.v1.Message;

/** Threads and messages as messages of the API. */
public final class ConversationProtos {
  private ConversationProtos() {}

  /** A thread. */
  public static Conversation conversation(ChatThread thread) {
    var conversation =
        Conversation.newBuilder()
            .setName("conversations/" + thread.id())
            .setCustomer("customers/" + thread.id())
            .setState(Conversation.State.valueOf(thread.state().name()))
            .setAssignee(thread.assignee())
            .setAssigneeDisplayName(thread.assigneeName())
            .setCustomerDisplayName(thread.customerName())
            .setCustomerGuest(thread.guest())
            .setMessageCount((int) thread.messageCount())
            .setEtag(Long.toString(thread.version()));
    var last = thread.last();
    if (last != null) {
      conversation.setLastMessage(message(thread.id(), last));
    }
    var waiting = thread.waitingSince();
    if (waiting != null) {
      conversation.setWaitingSinceTime(Times.timestamp(waiting));
    }
    var updated = thread.updateTime();
    if (updated != null) {
      conversation.setUpdateTime(Times.timestamp(updated));
    }
    return conversation.build();
  }

  /** What was said in a thread. */
  public static Message message(String thread, Said said) {
    return Message.newBuilder()
        .setName("conversations/%s/messages/%010d".formatted(thread, said.number()))
        .setAuthor(
            Author.newBuilder()
                .setKind(Author.Kind.valueOf(said.speaker().name()))
                .setDisplayName(said.displayName()))
        .setText(said.text())
        .setChannel(said.channel())
        .setCreateTime(Times.timestamp(said.time()))
        .setSubject(said.subject())
        .setSubjectState(said.subjectState())
        .setStaffOnly(said.isNote())
        .build();
  }
}
