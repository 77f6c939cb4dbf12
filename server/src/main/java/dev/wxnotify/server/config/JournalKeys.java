package dev.wxnotify.server.config;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The keys of the journal. */
final class JournalKeys {
  static final String SQLITE = "jdbc:sqlite:";
  static final String POSTGRESQL = "jdbc:postgresql://";

  private static final Pattern PASSWORD =
      Pattern.compile("(?i)[?&][^=&]*passw(or)?d[^=&]*=|//[^/?]*:[^/?@]*@");

  private static final Pattern USER = Pattern.compile("(?i)[?&]user=|//[^/?@]*@");

  private static final Pattern HOURS_OR_DAYS = Pattern.compile("(\\d{1,9})\\s*([hd])");
  private static final Duration SHORTEST = Duration.ofDays(1);
  private static final Duration LONGEST = Duration.ofDays(3_650);

  static final Key<String> URL =
      Key.optional(
          "wxnotify.journal.url",
          ValueType.of("URL", JournalKeys::url).secret(),
          "where the journal is kept: `jdbc:sqlite:FILE` (one server) or"
              + " `jdbc:postgresql://host:port/database` (all replicas share it); absent: in"
              + " memory, the newest 10,000 messages and events of this process. See"
              + " [journal.md](journal.md)");

  static final Key<String> USER_NAME =
      Key.optional("wxnotify.journal.user", Types.TEXT, "the user of that PostgreSQL");

  static final Key<SecretFile> PASSWORD_FILE =
      Key.optional(
          "wxnotify.journal.password-file",
          Types.SECRET_FILE,
          "a file that holds the user's password; read again for each new connection");

  static final Key<Duration> RETENTION =
      Key.of(
          "wxnotify.journal.retention",
          ValueType.of("duration, `1d` to `3650d`", JournalKeys::retention),
          "30d",
          "how long messages and events are kept");

  static final Section SECTION =
      new Section("Journal", List.of(URL, USER_NAME, PASSWORD_FILE, RETENTION));

  private JournalKeys() {}

  private static String url(String text) throws WrongValueException {
    String url = text.strip();
    boolean isFile = url.startsWith(SQLITE);
    if (!isFile && !url.startsWith(POSTGRESQL)) {
      throw new WrongValueException(
          "expected: jdbc:sqlite:FILE or jdbc:postgresql://host:port/database");
    }
    String place = url.substring(isFile ? SQLITE.length() : POSTGRESQL.length());
    if (isFile && !isFile(place)) {
      throw new WrongValueException(
          "expected: the path of a file, and nothing else, after jdbc:sqlite:");
    }
    if (PASSWORD.matcher(url).find()) {
      throw new WrongValueException(
          "expected: no password in the URL; put it into a file, and its path into "
              + PASSWORD_FILE.name());
    }
    if (!isFile && USER.matcher(url).find()) {
      throw new WrongValueException(
          "expected: no user in the URL; put it into " + USER_NAME.name());
    }
    return url;
  }

  /** SQLite and its driver give some names a meaning: memory, URIs, resources, parameters. */
  private static boolean isFile(String place) {
    return !place.isBlank()
        && !place.startsWith(":")
        && !place.startsWith("file:")
        && !place.contains("?");
  }

  private static Duration retention(String text) throws WrongValueException {
    Duration retention = duration(text.strip());
    if (retention.compareTo(SHORTEST) < 0 || retention.compareTo(LONGEST) > 0) {
      throw new WrongValueException("expected: 1d to 3650d");
    }
    return retention;
  }

  private static Duration duration(String text) throws WrongValueException {
    Matcher matcher = HOURS_OR_DAYS.matcher(text);
    if (matcher.matches()) {
      long number = Long.parseLong(matcher.group(1));
      return matcher.group(2).equals("d") ? Duration.ofDays(number) : Duration.ofHours(number);
    }
    try {
      return Duration.parse(text);
    } catch (DateTimeParseException e) {
      throw new WrongValueException("expected: a duration such as 30d, 1d to 3650d");
    }
  }
}
