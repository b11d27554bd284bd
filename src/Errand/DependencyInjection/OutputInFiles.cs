namespace Errand;

/// <summary>Says that somebody needs output to be in files.</summary>
internal sealed class OutputInFiles;
