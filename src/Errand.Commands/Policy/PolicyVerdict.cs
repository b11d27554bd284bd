namespace Errand.Commands;

/// <summary>What a policy says of a command.</summary>
/// <param name="Answer">Whether it may start.</param>
/// <param name="Reason">Why not, or what a person should know; absent where it may.</param>
/// <param name="Rule">The rule that refuses it, where one does.</param>
/// <param name="Parameter">The part of the command that is refused.</param>
internal sealed record PolicyVerdict(PolicyAnswer Answer, string? Reason = null, string? Rule = null, string? Parameter = null)
{
    public static PolicyVerdict Allowed { get; } = new(PolicyAnswer.Allowed);

    public static PolicyVerdict Asks(string reason) => new(PolicyAnswer.Asks, reason);

    public static PolicyVerdict Refused(string parameter, string reason, string rule) => new(PolicyAnswer.Refused, reason, rule, parameter);
}

/// <summary>Whether a command may start.</summary>
internal enum PolicyAnswer
{
    /// <summary>It may.</summary>
    Allowed,

    /// <summary>It may, if a person says so.</summary>
    Asks,

    /// <summary>It may not.</summary>
    Refused,
}
