using System.Text;

namespace Errand.Commands;

/// <summary>What a CLI says in plain text: each line is the agent's, and the end of them its answer.</summary>
internal sealed class PlainTextStream : AgentStreamParser
{
    private const int MaxAnswer = 64 * 1024;
    private readonly StringBuilder _said = new();

    public override bool MustAnswer => false;

    public override void Read(ReadOnlySpan<byte> line, ICollection<AgentEvent> events)
    {
        string text = Encoding.UTF8.GetString(line).TrimEnd('\r');
        _said.Append(text).Append('\n');
        if (_said.Length > 2 * MaxAnswer) _said.Remove(0, _said.Length - MaxAnswer);
        events.Add(AgentMessage.Says(text));
    }

    public override void Complete(ICollection<AgentEvent> events)
    {
        string said = _said.ToString().Trim();
        if (said.Length > 0) events.Add(new AgentAnswer(said.Length <= MaxAnswer ? said : $"…{said[^MaxAnswer..]}"));
    }
}
