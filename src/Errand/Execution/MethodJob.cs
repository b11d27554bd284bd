using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

namespace Errand;

/// <summary>Jobs that are methods with an attribute.</summary>
[RequiresUnreferencedCode("Methods are found by reflection.")]
[RequiresDynamicCode("Methods are called by reflection.")]
internal sealed class MethodJob(Type owner, MethodInfo method, Type? input, JsonSerializerOptions json) : IJobExecutor
{
    public static IEnumerable<(JobAttribute Attribute, MethodInfo Method)> Find(
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)] Type type)
    {
        bool any = false;
        foreach (var method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static))
        {
            if (method.GetCustomAttribute<JobAttribute>() is not { } attribute) continue;
            any = true;
            yield return (attribute, method);
        }
        if (!any) throw new InvalidJobException("kind", $"The class {type.Name} has no public method with [Job(\"name\")].");
    }

    public static JobKind KindOf<T>(JobAttribute attribute, MethodInfo method, JsonSerializerOptions json)
    {
        Type[] inputs = [.. method.GetParameters().Select(parameter => parameter.ParameterType).Where(type => type != typeof(JobContext))];
        if (inputs.Length > 1)
            throw new InvalidJobException(
                "kind", $"The method {method.Name} takes {inputs.Length} inputs; a job takes one, and a JobContext if it wants.");
        var input = inputs.FirstOrDefault();
        var executor = new MethodJob(typeof(T), method, input, json);
        var kind = new JobKind(attribute.Name, _ => executor) { CheckInput = data => executor.Read(data), Blocking = !IsAwaited(method.ReturnType) };
        attribute.ApplyTo(kind);
        return kind;
    }

    public async ValueTask<JobOutcome> RunAsync(JobContext job)
    {
        object? value;
        try { value = Read(job.Input); }
        catch (InvalidJobException e) { return TypedExecutor.NotStarted(e); }
        object? target = method.IsStatic ? null : job.Services.GetRequiredService(owner);
        object?[] arguments = [.. method.GetParameters().Select(parameter => parameter.ParameterType == typeof(JobContext) ? job : value)];
        object? returned = method.Invoke(target, BindingFlags.DoNotWrapExceptions, null, arguments, null);
        if (!IsAwaited(method.ReturnType)) return Completed(returned, method.ReturnType);
        var task = AsTask(returned!);
        await task;
        if (!method.ReturnType.IsGenericType) return JobOutcome.Completed();
        // Of the method's own return type; that of the task at hand may be a compiler's own.
        var type = method.ReturnType.GetGenericArguments()[0];
        return Completed(typeof(Task<>).MakeGenericType(type).GetProperty(nameof(Task<>.Result))!.GetValue(task), type);
    }

    private static bool IsAwaited(Type type) =>
        typeof(Task).IsAssignableFrom(type) || type == typeof(ValueTask)
        || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueTask<>));

    private static Task AsTask(object returned) =>
        returned as Task ?? (Task)returned.GetType().GetMethod(nameof(ValueTask.AsTask))!.Invoke(returned, null)!;

    private object? Read(JobData data)
    {
        if (input is null || data.IsNone) return null;
        object? value;
        try { value = JsonSerializer.Deserialize(data.Utf8.Span, input, json); }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new InvalidJobException("input", $"The input does not fit {input.Name}: {e.Message}", e);
        }
        TypedExecutor.Validate(value);
        return value;
    }

    private JobOutcome Completed(object? result, Type type) => type == typeof(void)
        ? JobOutcome.Completed()
        : JobOutcome.Completed(JobData.Trusted(JsonSerializer.SerializeToUtf8Bytes(result, type, json)));
}
