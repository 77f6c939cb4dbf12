package dev.wxnotify.benchmark.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One panel of a picture: a line for each path, with two logarithmic axes. */
public final class Chart {
  private static final int WIDTH = 480;
  private static final int HEIGHT = 320;
  private static final int LEFT = 70;
  private static final int TOP = 40;
  private static final int BOTTOM = 50;
  private static final int RIGHT = 20;
  private static final int LINE = 18;
  private static final List<String> COLOURS =
      List.of("#7f7f7f", "#1f77b4", "#2ca02c", "#d62728", "#9467bd", "#ff7f0e");

  private final String title;
  private final Map<String, List<double[]>> lines = new LinkedHashMap<>();

  /** Creates an empty panel with a title, which names the unit. */
  public Chart(String title) {
    this.title = title;
  }

  /** Adds a point to the line of {@code path}; both values are above zero. */
  public void add(String path, double x, double y) {
    lines.computeIfAbsent(path, key -> new ArrayList<>()).add(new double[] {x, y});
  }

  /** Draws panels side by side, with one legend below. */
  public static String svg(String xTitle, Chart... panels) {
    int rows = panels[0].lines.size();
    int height = HEIGHT + rows * LINE + 10;
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%1$d\" height=\"%2$d\" viewBox=\"0 0 %1$d"
                + " %2$d\" font-family=\"sans-serif\" font-size=\"12\">%n"
                + "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n",
            WIDTH * panels.length, height));
    for (int i = 0; i < panels.length; i++) {
      svg.append(String.format("<g transform=\"translate(%d 0)\">%n", i * WIDTH));
      panels[i].draw(svg, xTitle);
      svg.append("</g>\n");
    }
    int row = 0;
    for (String path : panels[0].lines.keySet()) {
      int y = HEIGHT + row * LINE;
      svg.append(
          String.format(
              "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"%s\" stroke-width=\"2\"/>%n",
              LEFT, y, LEFT + 2 * LINE, y, COLOURS.get(row % COLOURS.size())));
      svg.append(text(LEFT + 3 * LINE, y + 4, "start", path));
      row++;
    }
    return svg.append("</svg>\n").toString();
  }

  private void draw(StringBuilder svg, String xTitle) {
    Axis xs = Axis.over(values(0), 4, LEFT, WIDTH - RIGHT);
    Axis ys = Axis.over(values(1), 10, HEIGHT - BOTTOM, TOP);
    svg.append(text(LEFT, TOP - 15, "start", title));
    svg.append(text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 15, "middle", xTitle));
    for (double tick : xs.ticks()) {
      svg.append(grid(xs.at(tick), TOP, xs.at(tick), HEIGHT - BOTTOM));
      svg.append(text(xs.at(tick), HEIGHT - BOTTOM + 16, "middle", number(tick)));
    }
    for (double tick : ys.ticks()) {
      svg.append(grid(LEFT, ys.at(tick), WIDTH - RIGHT, ys.at(tick)));
      svg.append(text(LEFT - 6, ys.at(tick) + 4, "end", number(tick)));
    }
    int row = 0;
    for (List<double[]> line : lines.values()) {
      StringBuilder points = new StringBuilder();
      for (double[] point : line) {
        points.append(String.format(Locale.ROOT, "%.1f,%.1f ", xs.at(point[0]), ys.at(point[1])));
      }
      svg.append(
          String.format(
              "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>%n",
              points.toString().strip(), COLOURS.get(row % COLOURS.size())));
      row++;
    }
  }

  private double[] values(int coordinate) {
    return lines.values().stream()
        .flatMap(List::stream)
        .mapToDouble(point -> point[coordinate])
        .toArray();
  }

  private static String grid(double x1, double y1, double x2, double y2) {
    return String.format(
        Locale.ROOT,
        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#dddddd\"/>%n",
        x1,
        y1,
        x2,
        y2);
  }

  private static String text(double x, double y, String anchor, String text) {
    return String.format(
        Locale.ROOT,
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n",
        x,
        y,
        anchor,
        text);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%,.0f", value);
  }

  /**
   * A logarithmic axis.
   *
   * @param base the factor between two ticks
   * @param least at {@code from}: a power of the base
   * @param most at {@code to}: a power of the base
   */
  private record Axis(double base, double least, double most, double from, double to) {
    /** Tolerates rounding errors in the logarithm of a power of the base. */
    private static final double ROUNDING = 1e-9;

    static Axis over(double[] values, double base, double from, double to) {
      double least = Double.MAX_VALUE;
      double most = 0;
      for (double value : values) {
        least = Math.min(least, value);
        most = Math.max(most, value);
      }
      double bottom = Math.pow(base, Math.floor(log(base, least) + ROUNDING));
      double top = Math.pow(base, Math.ceil(log(base, most) - ROUNDING));
      return new Axis(base, bottom, top > bottom ? top : bottom * base, from, to);
    }

    double at(double value) {
      return from + (to - from) * Math.log(value / least) / Math.log(most / least);
    }

    List<Double> ticks() {
      List<Double> ticks = new ArrayList<>();
      for (double tick = least; tick <= most * (1 + ROUNDING); tick *= base) {
        ticks.add(tick);
      }
      return ticks;
    }

    private static double log(double base, double value) {
      return Math.log(value) / Math.log(base);
    }
  }
}
