/**
 * A fake of WeChat's HTTP API for tests and first tries. It is faithful to what WeChat documents
 * and to what developers have reported; where both are silent it makes a choice, and {@code
 * docs/sandbox.md} says where. It uses HTTP only and does not depend on the rest of the product.
 */
@NullMarked
package dev.wxnotify.sandbox;

import org.jspecify.annotations.NullMarked;
