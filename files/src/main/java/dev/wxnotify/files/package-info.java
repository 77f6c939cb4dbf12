/**
 * The files that an operator configures: what may be read from them, and what is a valid secret.
 * Every package that reads such a file uses these classes; they use no other package of this
 * project.
 */
@NullMarked
package dev.wxnotify.files;

import org.jspecify.annotations.NullMarked;
