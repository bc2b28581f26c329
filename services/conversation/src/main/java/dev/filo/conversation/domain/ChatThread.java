package dev.filo.conversation.domain;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A customer's thread. Its id is the customer's: there is one, for ever.
 *
 * @param id of {@code conversations/{id}} and {@code customers/{id}}
 * @param version rises by one with every change; 0: nothing was ever said
 * @param assignee {@code staff/…}; empty while nobody answers
 * @param waitingSince when the oldest customer's message without an answer came; null when all are
 *     answered
 * @param messageCount messages in all, which are numbered from 1
 */
public record ChatThread(
    String id,
    long version,
    State state,
    String assignee,
    String assigneeName,
    String customerName,
    boolean guest,
    @Nullable Instant waitingSince,
    long messageCount,
    @Nullable Said last,
    @Nullable Instant updateTime) {

  /** What the key of something begins with that was said in another thread. */
  public static final String COPY = "merged:";

  /** What the key of a note for staff begins with. */
  public static final String NOTE = "note:";

  /** Where a thread can stand. */
  public enum State {
    /** Nothing was ever said by a person. */
    NEW,
    /** Somebody has to answer or is answering. */
    OPEN,
    /** Done, until the customer writes again. */
    RESOLVED
  }

  /** Who can speak. */
  public enum Speaker {
    /** The customer. */
    CUSTOMER,
    /** An agent. */
    AGENT,
    /** The suite. */
    SYSTEM
  }

  /**
   * One thing that was said.
   *
   * @param number its place in the thread, from 1
   * @param key recognises a repetition: nothing with the same key is said twice
   */
  public record Said(
      long number,
      String key,
      Speaker speaker,
      String displayName,
      String text,
      String channel,
      Instant time,
      String subject,
      String subjectState) {

    /**
     * The key of its copy in another thread. However often it is copied on, it begins with the
     * thread where it was said, so that it can be taken out of all others.
     */
    public String copyKey(String from, String to) {
      var note = isNote() ? NOTE : "";
      var bare = key.substring(note.length());
      if (!bare.startsWith(COPY)) {
        return note + COPY + from + "/" + number;
      }
      int at = bare.indexOf('@');
      return note + (at < 0 ? bare : bare.substring(0, at)) + "@" + to;
    }

    /** The same at another place. */
    public Said at(long place) {
      return new Said(place, key, speaker, displayName, text, channel, time, subject, subjectState);
    }

    /** True for a note: staff read it, she does not, and nobody waits because of it. */
    public boolean isNote() {
      return key.startsWith(NOTE);
    }

    /**
     * True for what was said in another thread: it opens nothing, and nobody waits because of it.
     */
    public boolean isCopy() {
      return key.startsWith(COPY);
    }
  }

  /** A thread in which nothing was said. */
  public static ChatThread empty(String id) {
    return new ChatThread(id, 0, State.NEW, "", "", "", true, null, 0, null, null);
  }

  /**
   * This thread with the next thing said in it.
   *
   * @param name what the customer is called; empty: as before
   */
  public ChatThread with(Said said, String name, boolean isGuest, Instant now) {
    return new ChatThread(
        id,
        version + 1,
        after(said),
        assignee,
        assigneeName,
        name.isEmpty() ? customerName : name,
        isGuest,
        waitingAfter(said),
        said.number(),
        said.isNote() ? last : said,
        now);
  }

  /**
   * The state after something was said: a customer opens the thread, so does the first person to
   * speak in it; what the suite says changes nothing.
   */
  public State after(Said said) {
    if (said.isCopy()) {
      return state;
    }
    return switch (said.speaker()) {
      case CUSTOMER -> State.OPEN;
      case AGENT -> state == State.NEW ? State.OPEN : state;
      case SYSTEM -> state;
    };
  }

  /** Since when she waits, after something was said. */
  public @Nullable Instant waitingAfter(Said said) {
    if (said.isCopy()) {
      return waitingSince;
    }
    return switch (said.speaker()) {
      case CUSTOMER -> waitingSince == null ? said.time() : waitingSince;
      case AGENT -> null;
      case SYSTEM -> waitingSince;
    };
  }
}
