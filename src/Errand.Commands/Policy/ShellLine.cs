namespace Errand.Commands;

/// <summary>The simple commands of a shell line, those in substitutions and subshells among them, in the order in which they stand in it.</summary>
/// <param name="Commands">The words of each.</param>
/// <param name="Unknown">What in the line could not be read, so that there may be more in it; absent where all of it was.</param>
internal sealed record ShellLine(IReadOnlyList<ShellCommand> Commands, string? Unknown);

/// <summary>A program and its arguments, as a shell line has them.</summary>
/// <param name="Words">The words; never none.</param>
/// <param name="FedBy">The place in the list of the one whose output it reads, where there is one.</param>
internal sealed record ShellCommand(IReadOnlyList<ShellWord> Words, int? FedBy);
