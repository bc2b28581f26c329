package dev.filo.demo.retailer;

/** Outer dimensions in whole centimetres. */
public record Dimensions(int widthCm, int depthCm, int heightCm) {}
