using System.Text;

namespace Errand.Commands;

/// <summary>What a CLI says in plain text: each line is the agent's, and the end of them its answer.</summary>
internal sealed class PlainTextStream : AgentStreamParser
{
    private readonly CapturedText _said = new();

    public override bool MustAnswer => false;

    public override void Read(ReadOnlySpan<byte> line, ICollection<AgentEvent> events)
    {
        _said.Append(line);
        _said.Append("\n"u8);
        events.Add(AgentMessage.Says(Encoding.UTF8.GetString(line).TrimEnd('\r')));
    }

    public override void Complete(ICollection<AgentEvent> events)
    {
        string said = _said.ToString().Trim();
        if (said.Length > 0) events.Add(new AgentAnswer(said));
    }
}
