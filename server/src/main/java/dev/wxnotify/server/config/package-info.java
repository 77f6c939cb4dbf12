/**
 * The configuration. Every key is declared once, in the classes whose names end in {@code Keys}:
 * its name, type, default, check and meaning. Reading the file and the environment, all mistakes
 * and the tables of {@code docs/configuration.md} come from that declaration.
 *
 * <pre>
 *   ConfigFile ───────┐
 *   EnvironmentReader ┼─▶ Sources ─▶ Reading ─▶ the readers ─▶ ServerSettings
 *   the command ──────┘      ▲          ▲
 *                            └─ Keys ───┘
 * </pre>
 *
 * <p>It knows the settings of the edges, as the wiring does, and starts nothing.
 */
@NullMarked
package dev.wxnotify.server.config;

import org.jspecify.annotations.NullMarked;
