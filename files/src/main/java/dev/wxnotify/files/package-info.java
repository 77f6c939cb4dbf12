/**
 * The files that an operator configures: what may be read from them, what is a valid secret, and
 * when they change. Every package that reads such a file uses these classes; they use no other
 * package of this project.
 */
@NullMarked
package dev.wxnotify.files;

import org.jspecify.annotations.NullMarked;
