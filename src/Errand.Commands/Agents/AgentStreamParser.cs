namespace Errand.Commands;

/// <summary>
/// Reads what one run of an agent's CLI writes to its standard output, line by line. There is a new one for each run and each view of it. It
/// throws at nothing: what it does not know it passes on as it is.
/// </summary>
public abstract class AgentStreamParser
{
    /// <summary>Whether a run that ended well must have given an <see cref="AgentAnswer"/>. Default: yes.</summary>
    public virtual bool MustAnswer => true;

    /// <summary>Reads a line.</summary>
    /// <param name="line">The line in UTF-8, without its end. A line over 4 MiB comes without its rest.</param>
    /// <param name="events">Where to put what it says.</param>
    public abstract void Read(ReadOnlySpan<byte> line, ICollection<AgentEvent> events);

    /// <summary>The stream has ended.</summary>
    /// <param name="events">Where to put what was still held back.</param>
    public virtual void Complete(ICollection<AgentEvent> events) { }

    /// <summary>What the CLI is to read on its standard input as the answer to a request for permission. Default: nothing.</summary>
    /// <param name="request">What it asked.</param>
    /// <param name="allow">Whether it may.</param>
    /// <param name="message">What a person says to it.</param>
    public virtual ReadOnlyMemory<byte> AnswerTo(AgentPermissionRequest request, bool allow, string? message) => default;
}
