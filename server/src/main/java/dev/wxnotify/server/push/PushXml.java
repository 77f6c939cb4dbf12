package dev.wxnotify.server.push;

import java.io.StringReader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.xml.XMLConstants;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Reads a push in XML, by the JDK's own parser with everything off that reaches beyond the text: a
 * document type, and so every entity of one, is refused.
 */
final class PushXml {
  private PushXml() {}

  private static final class Open {
    private final String name;
    private final StringBuilder text = new StringBuilder();
    private final Map<String, List<PushNode>> parts = new HashMap<>();

    Open(String name) {
      this.name = name;
    }

    PushNode node() {
      return new PushNode(parts.isEmpty() ? text.toString() : "", parts);
    }
  }

  /**
   * Reads a text.
   *
   * @throws Refusal if it is not one well-formed element
   */
  static PushNode read(String text) throws Refusal {
    try {
      XMLStreamReader reader = factory().createXMLStreamReader(new StringReader(text));
      try {
        return read(reader);
      } finally {
        reader.close();
      }
    } catch (XMLStreamException | RuntimeException e) { // The parser has thrown both.
      throw Refusal.malformedBody("is not well-formed XML");
    }
  }

  /** One for each text: the JDK's factory keeps its last reader, and with it what was pushed. */
  private static XMLInputFactory factory() {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
    factory.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
    factory.setProperty(XMLInputFactory.IS_NAMESPACE_AWARE, false);
    factory.setXMLResolver(
        (publicId, systemId, base, namespace) -> {
          throw new XMLStreamException("nothing is read from elsewhere");
        });
    return factory;
  }

  private static PushNode read(XMLStreamReader reader) throws XMLStreamException {
    Deque<Open> open = new ArrayDeque<>();
    PushNode root = PushNode.EMPTY;
    int depth = 0;
    while (reader.hasNext()) {
      switch (reader.next()) {
        case XMLStreamConstants.START_ELEMENT -> {
          depth++;
          if (depth <= PushNode.DEPTH) {
            open.push(new Open(reader.getLocalName()));
          }
        }
        case XMLStreamConstants.END_ELEMENT -> {
          if (depth <= PushNode.DEPTH) {
            Open ended = open.pop();
            if (open.isEmpty()) {
              root = ended.node();
            } else {
              open.element()
                  .parts
                  .computeIfAbsent(ended.name, name -> new ArrayList<>())
                  .add(ended.node());
            }
          }
          depth--;
        }
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
          if (depth <= PushNode.DEPTH && !open.isEmpty()) {
            open.element().text.append(reader.getText());
          }
        }
        case XMLStreamConstants.DTD, XMLStreamConstants.ENTITY_REFERENCE ->
            throw new XMLStreamException("a document type, or an entity of one");
        default -> {
          // Comments and processing instructions say nothing.
        }
      }
    }
    return root;
  }
}
