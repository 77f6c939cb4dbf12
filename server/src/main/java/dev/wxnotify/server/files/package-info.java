/**
 * The files that an operator names: what may be read of them, and what counts as a secret. Every
 * package that reads such a file uses these classes; they use nothing of ours.
 */
@NullMarked
package dev.wxnotify.server.files;

import org.jspecify.annotations.NullMarked;
