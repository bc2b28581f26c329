package dev.filo.catalog;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the catalog is told from outside: {@code filo.catalog.*}.
 *
 * @param indexDir the directory of this replica's search index, which nobody else may use: a start
 *     takes over what is still true in it; empty: in memory, made anew at each start
 */
@ConfigurationProperties("filo.catalog")
public record CatalogProperties(@DefaultValue("") String indexDir) {}
