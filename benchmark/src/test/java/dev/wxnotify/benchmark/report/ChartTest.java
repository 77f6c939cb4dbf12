package dev.wxnotify.benchmark.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

class ChartTest {

  @Test
  void svg_twoPanelsOfTwoPaths_isXmlWithFourLines() throws Exception {
    Document svg = parse(Chart.svg("in flight", chart("messages/s"), chart("p99")));

    assertThat(svg.getElementsByTagName("polyline").getLength()).isEqualTo(4);
  }

  @Test
  void svg_largerValues_areHigherAndMoreToTheRight() throws Exception {
    Element line =
        (Element) parse(Chart.svg("x", chart("y"))).getElementsByTagName("polyline").item(0);
    String[] points = line.getAttribute("points").split("[ ,]", -1);

    assertThat(Double.parseDouble(points[2])).isGreaterThan(Double.parseDouble(points[0]));
    assertThat(Double.parseDouble(points[3])).isLessThan(Double.parseDouble(points[1]));
  }

  private static Chart chart(String title) {
    Chart chart = new Chart(title);
    chart.add("ours", 1, 900);
    chart.add("ours", 64, 12_000);
    chart.add("theirs", 1, 700);
    chart.add("theirs", 64, 800);
    return chart;
  }

  private static Document parse(String xml) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(xml)));
  }
}
