package dev.wxnotify.browser;

/** A screen, in CSS pixels. */
enum Screen {
  PHONE(360, 780),
  DESKTOP(1280, 800);

  final int width;
  final int height;

  Screen(int width, int height) {
    this.width = width;
    this.height = height;
  }
}
