package dev.wxnotify.server.config;

import dev.wxnotify.files.SmallFile;
import dev.wxnotify.files.UnusableFileException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * The YAML file of the configuration, as keys and values. Values are taken as they are written: a
 * secret {@code 0123} is these four characters, and not the number that YAML makes of it. What the
 * file says twice, or in a way that has no one meaning, is a mistake by its line. No text repeats
 * what the file holds, but for keys.
 */
final class ConfigFile {
  /** A file that grows by what refers to other parts of it must end somewhere. */
  private static final int MOST_PARTS = 10_000;

  private static final String MERGE = "<<";

  private static final Set<Tag> PLAIN =
      Set.of(
          Tag.STR,
          Tag.INT,
          Tag.FLOAT,
          Tag.BOOL,
          Tag.NULL,
          Tag.TIMESTAMP,
          Tag.MERGE,
          Tag.MAP,
          Tag.SEQ,
          new Tag("tag:yaml.org,2002:value")); // An equals sign alone.

  private final Mistakes mistakes;
  private final Map<String, Value> values = new TreeMap<>();
  private final Set<Node> around = Collections.newSetFromMap(new IdentityHashMap<>());
  private int parts;

  private ConfigFile(Mistakes mistakes) {
    this.mistakes = mistakes;
  }

  /**
   * Returns what the file holds.
   *
   * @throws ConfigurationException if it cannot be read
   */
  static byte[] content(Path file) throws ConfigurationException {
    try {
      return SmallFile.read(file);
    } catch (UnusableFileException e) {
      throw unusable(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Returns the values by their keys. A mapping without keys is an empty value.
   *
   * @param content that of the file
   * @param mistakes receives those after which the rest can still be checked
   * @throws ConfigurationException if nothing can be made of it
   */
  static Map<String, Value> read(byte[] content, Mistakes mistakes) throws ConfigurationException {
    ConfigFile config = new ConfigFile(mistakes);
    try {
      config.parse(text(content));
      return config.values;
    } catch (CharacterCodingException e) {
      throw unusable("is not UTF-8 text");
    } catch (MarkedYAMLException e) {
      throw unusable("is not valid YAML" + place(e.getProblemMark()));
    } catch (YAMLException e) {
      throw unusable("is not valid YAML: it has control characters, or too many levels");
    }
  }

  private static String text(byte[] content) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
  }

  private void parse(String text) throws ConfigurationException {
    List<Node> documents = new ArrayList<>();
    LoaderOptions options = new LoaderOptions();
    options.setMaxAliasesForCollections(MOST_PARTS);
    new Yaml(options).composeAll(new StringReader(text)).forEach(documents::add);
    if (documents.size() > 1) {
      mistake(documents.get(1), "a second document begins (expected: one)");
    }
    if (documents.isEmpty()) {
      return;
    }
    if (documents.get(0) instanceof MappingNode mapping) {
      mapping("", mapping);
    } else if (!isNothing(documents.get(0))) {
      throw unusable("is not a YAML file of keys (expected: wxnotify: with keys below it)");
    }
  }

  private void mapping(String path, MappingNode mapping) {
    Set<String> keys = new HashSet<>();
    List<Node> merged = new ArrayList<>();
    for (NodeTuple entry : mapping.getValue()) {
      Optional<String> key = key(entry.getKeyNode());
      if (key.isEmpty()) {
        mistake(entry.getKeyNode(), "a key is not a plain text");
      } else if (entry.getKeyNode().getTag().equals(Tag.MERGE) && key.get().equals(MERGE)) {
        merged.add(entry.getValueNode());
      } else if (!keys.add(key.get())) {
        mistake(entry.getKeyNode(), joined(path, key.get()) + " is there twice");
      } else {
        value(joined(path, key.get()), entry.getValueNode());
      }
    }
    merged.forEach(each -> merge(path, each, keys));
  }

  /** Counts, since a part that is referred to again and again may be there without end. */
  private boolean isOneTooMany(Node part) {
    parts++;
    if (parts == MOST_PARTS + 1) {
      mistake(part, "there are more than " + MOST_PARTS + " values");
    }
    return parts > MOST_PARTS;
  }

  /** What is merged into a mapping gives way to what the mapping itself says. */
  private void merge(String path, Node merged, Set<String> keys) {
    if (isOneTooMany(merged)) {
      return;
    }
    if (merged instanceof SequenceNode several) {
      several.getValue().forEach(each -> merge(path, each, keys));
    } else if (merged instanceof MappingNode mapping && around.add(mapping)) {
      for (NodeTuple entry : mapping.getValue()) {
        Optional<String> key = key(entry.getKeyNode());
        if (key.isPresent() && key.get().equals(MERGE)) {
          merge(path, entry.getValueNode(), keys);
        } else if (key.isPresent() && keys.add(key.get())) {
          value(joined(path, key.get()), entry.getValueNode());
        }
      }
      around.remove(mapping);
    } else {
      mistake(merged, "only a mapping can be merged (<<)");
    }
  }

  private static Optional<String> key(Node node) {
    return node instanceof ScalarNode scalar
            && PLAIN.contains(node.getTag())
            && !isNothing(node)
            && !scalar.getValue().isEmpty()
        ? Optional.of(scalar.getValue())
        : Optional.empty();
  }

  private void value(String path, Node node) {
    if (isOneTooMany(node)) {
      return;
    }
    if (!PLAIN.contains(node.getTag())) {
      mistake(node, path + " has a tag (expected: a value without one)");
    } else if (!around.add(node)) {
      mistake(node, path + " holds itself");
    } else {
      if (node instanceof MappingNode mapping && !mapping.getValue().isEmpty()) {
        mapping(path, mapping);
      } else if (node instanceof SequenceNode sequence) {
        list(path, sequence);
      } else {
        values.put(path, Value.of(written(node)));
      }
      around.remove(node);
    }
  }

  private void list(String path, SequenceNode sequence) {
    if (sequence.getValue().stream()
        .anyMatch(each -> !(each instanceof ScalarNode) || !PLAIN.contains(each.getTag()))) {
      mistake(sequence, path + " is a list of something else than plain values");
    } else {
      values.put(
          path, Value.ofList(sequence.getValue().stream().map(ConfigFile::written).toList()));
    }
  }

  /** Returns a plain value as it is written. */
  private static String written(Node node) {
    return node instanceof ScalarNode scalar && !isNothing(node) ? scalar.getValue() : "";
  }

  private static boolean isNothing(Node node) {
    return node.getTag().equals(Tag.NULL);
  }

  /** A key with dots in it is quoted, so that it is none of ours that is written in one. */
  private static String joined(String path, String key) {
    return path.isEmpty() ? Keys.part(key) : path + "." + Keys.part(key);
  }

  private void mistake(Node at, String what) {
    mistakes.add("--config" + place(at.getStartMark()), what);
  }

  static ConfigurationException unusable(String why) {
    return new ConfigurationException(List.of("--config: " + why));
  }

  private static String place(Mark mark) {
    return mark == null ? "" : ", line " + (mark.getLine() + 1);
  }
}
